"""What a training is refused with; apart from the statistics, which take a second and a half to load."""

from leitstelle.triage.choices import Lack


class NotEnoughExamples(ValueError):
    """There is too little to learn from; `values` belong to the sentence of what is missing."""

    def __init__(self, lack: Lack, **values: int) -> None:
        super().__init__(f"{lack} {values}")
        self.lack, self.values = lack, values
