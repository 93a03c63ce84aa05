"""Names of packages that are known here, without asking any index for a list."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from importlib.metadata import distributions

from studio.domain.requirement_lines import normal_name

_USUAL = """
accelerate aiohttp altair arviz azureml-core bayesian-optimization beautifulsoup4
bentoml bokeh boto3 category-encoders catboost click cloudpickle cryptography cvxpy
dash dask datasets dill duckdb evaluate fastapi fastparquet flask gensim geopandas
gradio h5py holoviews httpx huggingface-hub hydra-core hyperopt imbalanced-learn
ipykernel joblib jsonschema jupyterlab keras kubernetes lifelines lightgbm lightning
matplotlib mlflow mlflow-skinny networkx nltk numba numpy onnx onnxmltools onnxruntime
onnxruntime-gpu opencv-python opencv-python-headless openpyxl optuna orjson pandas
pandera pillow plotly polars prophet protobuf psycopg2-binary pyarrow pydantic pyod
pymc pyspark pytest python-dateutil python-dotenv pytorch-lightning pyyaml ray requests
rich river scikit-image scikit-learn scipy seaborn sentence-transformers sentencepiece
shap skl2onnx skops spacy sqlalchemy statsmodels streamlit sympy tensorboard tensorflow
tensorflow-cpu tokenizers torch torchaudio torchmetrics torchvision tqdm transformers
typer umap-learn uvicorn wandb xgboost
"""


def known_names() -> frozenset[str]:
    """Usual ones and those that are installed with this program."""
    installed = {each.metadata["Name"] or "" for each in distributions()}
    return frozenset({*_USUAL.split(), *map(normal_name, installed)} - {""})


def near_names(name: str, known: Collection[str] = (), most: int = 3) -> Sequence[str]:
    """Known names that `name` may have been meant to be, the nearest first."""
    names = {*known_names(), *map(normal_name, known)} - {name}
    near = difflib.get_close_matches(name, names, most, cutoff=0.75)
    squeezed = name.replace("-", "")
    same = sorted(each for each in names if each.replace("-", "") == squeezed)
    return list(dict.fromkeys([*same, *near]))[:most]
