"""The tags of runs and model versions. Stores of earlier releases hold them under these names."""

IDENTITY_TAG = "rnnops.identity"  # digest of all that a complete run says; of a version too
MODEL_TAG = "rnnops.model"  # digest of the trained files
ROLE_TAG = "rnnops.role"  # network, baseline, seeds, decisions or champion
TASK_TAG = "rnnops.task"  # of a run: what its model is for
TRAINING_TAG = "rnnops.training"  # id of the training whose run it is
BEST_BASELINE_TAG = "rnnops.best_baseline"  # true or false, of a baseline
BACKEND_TAG = "backend"
DEVICE_TAG = "device"
CPU_TAG = "machine.cpu"
INSTRUCTIONS_TAG = "machine.instructions"
BLAS_TAG = "machine.blas"
TEST_SPLIT_TAG = "rnnops.test_split"  # digest of the ids of its messages, of a network
COMMIT_TAG = "git.commit"
DIRTY_TAG = "git.dirty"  # whether tracked files differed from the commit
EXPERIMENT_TAG = "dvc.experiment"  # its name
ENVIRONMENT_TAG = "environment.lock"  # sha256 of requirements.lock
FILES_TAG = "dvc.files"  # lines of path=md5, see `lineage_tags`
CODE_TAG = "dvc.code"
NAME_TAG = "mlflow.runName"
NOTE_TAG = "mlflow.note.content"  # the description of a run or an experiment
PARENT_TAG = "mlflow.parentRunId"
