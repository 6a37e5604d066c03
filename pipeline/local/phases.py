"""The phases of the way: which there are, and what of them is done."""
import dataclasses
import json


class Error(Exception):
    """What went wrong, in words for the user."""


@dataclasses.dataclass(frozen=True)
class Phase:
    title: str
    day: int = 0  # 0: the shop as it is generated
    again: bool = False  # there was a shop before
    twice: bool = False
    disorder: bool = False
    killed: bool = False


class Progress:
    """What is done, in DIR/way.json."""

    def __init__(self, path, wanted):
        self.path = path
        self.wanted, self.done, self.seconds = wanted, {}, {}
        if path.exists():
            kept = json.loads(path.read_text(encoding="utf-8"))
            if kept["wanted"] != wanted:
                raise Error(f"'{path.parent}' holds a shop of {kept['wanted']}, not of {wanted}: take another folder")
            self.done, self.seconds = kept["done"], kept["seconds"]

    def save(self):
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps({"wanted": self.wanted, "done": self.done, "seconds": self.seconds}, indent=1),
                       encoding="utf-8")
        new.replace(self.path)

    def finished(self, phase, step):
        return step in self.done.get(phase, [])

    def finish(self, phase, step, seconds=None):
        self.done.setdefault(phase, []).append(step)
        if seconds is not None:
            self.seconds[step] = round(seconds, 3)
        self.save()


def of(options):
    found = [Phase("the shop")]
    found += [Phase(f"day {n}", n) for n in range(1, options.days + 1)]
    titles = {"twice": "every step twice", "disorder": "files late, repeated, in any order"}
    wanted = {name: True for name in titles if getattr(options, name)}
    if wanted:
        day = options.days + 1
        found.append(Phase(", ".join([f"day {day}", *(titles[name] for name in wanted)]), day, **wanted))
    if options.kill:
        found.append(Phase("the shop, every step killed", again=True, killed=True))
        found.append(Phase("day 1, every step killed", 1, killed=True))
    if options.steps:
        return found[-1:]
    return found
