"""The hand-kept overrides: each has its source, and each must be used."""

import tomllib


class Overrides:
    """`overrides.toml`. An entry that nothing asks for is a mistake, and so is one without a source.

    Where it has no entry, that of the overrides `beneath` it counts, if there are some. These have the services then, and
    their own table says whether they are used.
    """

    def __init__(self, path, beneath=None):
        self.sections = tomllib.loads(path.read_text())
        self.beneath = beneath
        self.services = beneath.services if beneath else self.sections.pop("services")
        self.used = set()
        self.other = []

    def get(self, section, name):
        """The entry of a section for a name, or None."""
        entry = self.sections.get(section, {}).get(name)
        if entry is not None:
            self.used.add((section, name))
        elif self.beneath:
            return self.beneath.get(section, name)
        return entry

    def operation(self, section, service, operation):
        """The entry for an operation, or for all of its service's."""
        return self.get(section, f"{service}:{operation}") or self.get(section, f"{service}:*")

    def mistake(self, text):
        self.other.append(text)

    def mistakes(self):
        """What is wrong with the overrides, after everything has been asked for."""
        found = list(self.other)
        for section, entries in self.sections.items():
            for name, entry in entries.items():
                if (section, name) not in self.used:
                    found.append(f"overrides.toml: [{section}] {name} is not used")
                if not entry.get("source"):
                    found.append(f"overrides.toml: [{section}] {name} has no source")
        return found
