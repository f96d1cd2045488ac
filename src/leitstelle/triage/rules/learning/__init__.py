"""Learning categories from solved tickets: text features, a pool of classifiers, honest figures about it.

Loads NumPy and scikit-learn (about one and a half seconds, 120 MB), so only the worker and the commands import it.
"""

from leitstelle.triage.rules.lacking import NotEnoughExamples as NotEnoughExamples
from leitstelle.triage.rules.learning.classifier import Classifier as Classifier
from leitstelle.triage.rules.learning.classifier import Evidence as Evidence
from leitstelle.triage.rules.learning.classifier import Opinion as Opinion
from leitstelle.triage.rules.learning.classifier import train as train
from leitstelle.triage.rules.learning.desk import DeskModel as DeskModel
from leitstelle.triage.rules.learning.desk import train_desk as train_desk
from leitstelle.triage.rules.learning.evaluation import Evaluation as Evaluation
from leitstelle.triage.rules.learning.evaluation import evaluate as evaluate
from leitstelle.triage.rules.learning.quality import Quality as Quality
from leitstelle.triage.rules.learning.trial import Trial as Trial
