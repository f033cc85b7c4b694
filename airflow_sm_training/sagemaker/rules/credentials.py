"""
What is surely a credential.

This is stricter than :mod:`airflow_sm_training.sagemaker.secrets`: to mask too much costs a look, to refuse too much
costs a job. Machine learning has tokens and keys that are no secrets: ``pad_token``, ``max_tokens``, ``key_column``.
"""

from __future__ import annotations

import re

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SECRETS = frozenset({"password", "passwd", "passphrase", "secret", "apikey", "secretkey", "authorization"})
_SECRET_KEYS = frozenset(
    {"access", "account", "api", "auth", "encryption", "kaggle", "license", "private", "secret", "signing", "ssh"},
)
_SECRET_TOKENS = frozenset(
    {"access", "api", "app", "auth", "aws", "bearer", "bot", "comet", "databricks", "gh", "github", "gitlab", "hf"}
    | {"hub", "huggingface", "jwt", "mlflow", "neptune", "npm", "oauth", "openai", "personal", "pypi", "refresh"}
    | {"secret", "security", "session", "slack", "wandb"},
)
# That of an address with a password in it: "db://:p@".
_SHORTEST_CREDENTIAL = 8
_ACCESS_KEY_ID = ["access", "key", "id"]
# No secret: a switch, a placeholder, a path, or the name of where the secret is.
_REFERENCE = re.compile(
    r"(?i:true|false|yes|no|on|off|none|null|n/a|\*+|x{3,}|<[^<>]*>|\[\w*\]|\$\{?\w+\}?"
    r"|(?:arn|s3|ssm|secretsmanager|file|env|vault):.*|[~.]{0,2}/.*)",
)
_KINDS = {
    "aws": ("an AWS access key", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    "private": ("a private key", r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY"),
    "github": ("a GitHub token", r"\b(?:gh[opsur]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{22})"),
    "gitlab": ("a GitLab token", r"\bglpat-[A-Za-z0-9_-]{20}"),
    "slack": ("a Slack token", r"\bxox[abeoprs]-[A-Za-z0-9-]{10}|hooks\.slack\.com/services/[A-Z0-9]+/[A-Z0-9]+/"),
    "hugging": ("a Hugging Face token", r"\bhf_[A-Za-z0-9]{30}"),
    "openai": ("an API key", r"\bsk-(?:[A-Za-z0-9]{32}|(?:proj|ant|svcacct)-[A-Za-z0-9_-]{20})"),
    "google": ("a Google API key", r"\bAIza[A-Za-z0-9_-]{35}"),
    "registry": ("a package registry's token", r"\bnpm_[A-Za-z0-9]{36}|\bpypi-[A-Za-z0-9_-]{50}"),
    "jwt": ("a JSON Web Token", r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10}"),
    "url": (
        "an address with a password in it",
        r"\b[A-Za-z][A-Za-z0-9+.-]{1,30}://[^\s/:@]{0,128}:(?!\*+@|\$\{?\w+\}?@|<[^<>@]*>@)[^\s/@]{1,256}@",
    ),
}
_CREDENTIAL = re.compile("|".join(f"(?P<{name}>{pattern})" for name, (_, pattern) in _KINDS.items()))


def kind_of_credential(text: str) -> str | None:
    """
    Return what kind of credential is in a text; ``None`` if none is.

    :param text: any text.
    """
    match = _CREDENTIAL.search(text) if len(text) >= _SHORTEST_CREDENTIAL else None
    return _KINDS[match.lastgroup][0] if match and match.lastgroup else None


def is_credential_name(name: str) -> bool:
    """
    Whether a value under this name is a credential, such as under ``db_password``, ``HF_TOKEN`` or ``wandbApiKey``.

    :param name: name of a hyperparameter or an environment variable.
    """
    words = [word.lower() for word in _WORDS.findall(name)]
    if not words:
        return False
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    return (
        last in _SECRETS
        or (last == "key" and before in _SECRET_KEYS)
        or (last == "token" and before in _SECRET_TOKENS)
        or words[-3:] == _ACCESS_KEY_ID
    )


def is_reference(text: str) -> bool:
    """
    Whether a value is no secret even under a secret's name: a switch, a placeholder or where the secret is.

    :param text: the value; the SageMaker SDK puts hyperparameters into quotes.
    """
    return _REFERENCE.fullmatch(text.strip().strip('"')) is not None
