"""A failure reaches people: by the platform's alarm topic."""
import logging

from airflow.providers.amazon.aws.hooks.sns import SnsHook

LOG = logging.getLogger(__name__)
LONGEST_SUBJECT, LONGEST_REASON = 100, 2000


def subject_of(task):
    """SNS takes printable ASCII on one line."""
    text = f"{task.dag_id}: {task.task_id} has failed"
    return "".join(c if " " <= c <= "~" else "?" for c in text)[:LONGEST_SUBJECT]


def message_of(context):
    task, reason = context["ti"], str(context.get("exception") or "no reason was given")
    lines = [f"The task {task.task_id} of the DAG {task.dag_id} has failed, and is not tried again.",
             f"Run: {task.run_id}", f"Try: {task.try_number}", f"Reason: {reason[:LONGEST_REASON]}"]
    link = getattr(task, "log_url", "")
    return "\n".join(lines + [f"Log: {link}"] if link else lines)


def alarm(topic):
    """A callback for a task that has failed for good. That it cannot tell is told in the log, and changes nothing."""
    def tell(context):
        try:
            SnsHook(aws_conn_id=None).publish_to_target(topic, message_of(context), subject_of(context["ti"]))
        except Exception:  # whatever it is, the failure of the task is what counts
            LOG.exception("the alarm topic %s was not told", topic)
    return tell if topic else None
