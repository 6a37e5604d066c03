"""checkov, an independent judge of security: every finding is answered in docs/security.md, and no answer is stale."""
import collections
import contextlib
import io
import logging
import os
import pathlib
import re
import tempfile
import unittest

os.environ.setdefault("LOG_LEVEL", "ERROR")

from checkov.cloudformation.runner import Runner  # noqa: E402
from checkov.runner_filter import RunnerFilter  # noqa: E402

import platforms  # noqa: E402

PAGE = platforms.ROOT / "docs/security.md"


def judge(texts):
    """What checkov refuses: {check id: {"name: resource"}}; and how many of its checks passed."""
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="cfngen-checkov-") as folder:
        for name, text in texts.items():
            path = pathlib.Path(folder, name + ".json")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        with contextlib.redirect_stdout(io.StringIO()):
            report = Runner().run(root_folder=folder, runner_filter=RunnerFilter(framework=["cloudformation"]))
    found = collections.defaultdict(set)
    for record in report.failed_checks:
        found[record.check_id].add(f"{record.file_path.strip('/')}: {record.resource}: {record.check_name}")
    return found, len(report.passed_checks), report.parsing_errors


def answered():
    """The ids in the first column of the page's tables, as `CKV_AWS_1`."""
    return set(re.findall(r"^\|\s*`?(CKV2?_AWS_\d+)`?\s*\|", PAGE.read_text(), re.M))


class Checkov(unittest.TestCase):
    def test_every_finding_is_answered_and_no_answer_is_stale(self):
        texts = {name: text for (_, text), name in platforms.distinct(platforms.load()).items()}
        found, passed, unreadable = judge(texts)
        self.assertEqual(unreadable, [])
        self.assertGreater(passed, 500)
        open_ids = {i: sorted(found[i])[:5] for i in sorted(set(found) - answered())}
        self.assertEqual(open_ids, {}, "findings that docs/security.md does not answer")
        self.assertEqual(sorted(answered() - set(found)), [], "answers in docs/security.md to nothing")

    def test_it_would_find_one(self):
        """The judge is awake: a bucket without anything does not pass."""
        found, _, _ = judge({"bucket": '{"Resources": {"B": {"Type": "AWS::S3::Bucket"}}}'})
        self.assertIn("CKV_AWS_53", found)


if __name__ == "__main__":
    unittest.main()
