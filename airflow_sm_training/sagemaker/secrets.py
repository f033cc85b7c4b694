"""
What looks secret, and how it is kept out of everything that leaves the worker.

The rule for names is Airflow's. This package imports no Airflow, so the operators hand in Airflow's own
``should_hide_value_for_key``, which knows ``[core] sensitive_var_conn_names`` too; the default is for everyone else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from airflow_sm_training.sagemaker.normalise import field_name, text_of

MASK = "***"

# Airflow's DEFAULT_SENSITIVE_FIELDS; a test compares the two.
SENSITIVE_NAMES = frozenset(
    {
        "access_key",
        "access_token",
        "api_key",
        "apikey",
        "auth_header",
        "authorization",
        "bearer",
        "connection_string",
        "dsn",
        "keyfile_dict",
        "passphrase",
        "passwd",
        "password",
        "private_key",
        "proxies",
        "proxy",
        "proxy_password",
        "secret",
        "service_account",
        "service_key",
        "token",
        "webhook_url",
    },
)

_FIELDS_OF_THE_USER = frozenset({"environment", "hyper_parameters"})
_FREE_TEXT_FIELDS = frozenset({"failure_reason", "status_message", "status_details"})
# Airflow's default for [logging] min_length_masked_secret: shorter values occur in any text.
_SHORTEST_SECRET = 5


def looks_secret(name: str) -> bool:
    """
    Say whether the value under this name should be hidden, as Airflow decides it by default.

    Source: ``SecretsMasker.should_hide_value_for_key`` of Airflow 3.3.

    :param name: key of a hyperparameter or name of an environment variable.
    """
    normalised = re.sub(r"\W+", "_", name.strip().lower())
    return any(sensitive in normalised for sensitive in SENSITIVE_NAMES)


def mask(response: Mapping[Any, Any], is_secret: Callable[[str], bool] | None = None) -> dict[Any, Any]:
    """
    Copy a Describe response without the secrets in it.

    Values of ``Environment`` and ``HyperParameters`` whose key looks secret become ``***``. Script mode hands
    hyperparameters to the script as arguments, and a failure's reason quotes that command line, so the same values are
    taken out of the texts that SageMaker writes, too.

    :param response: the response; it is not changed.
    :param is_secret: rule for keys; default :func:`looks_secret`.
    """
    found: set[str] = set()
    masked: dict[Any, Any] = _masked(response, is_secret or looks_secret, found, inside=False)
    if found:
        masked = _scrubbed(masked, _any_of(found), is_free_text=False)
    return masked


def secret_values(body: Mapping[Any, Any], is_secret: Callable[[str], bool] | None = None) -> set[str]:
    """
    Return the secrets in a Create request or a Describe response, as they may show up in a log line.

    :param body: the request or the response.
    :param is_secret: rule for keys; default :func:`looks_secret`.
    """
    found: set[str] = set()
    _masked(body, is_secret or looks_secret, found, inside=False)
    return found


def scrub(text: str, secrets: Collection[str]) -> str:
    """
    Return the text with ``***`` in place of each secret.

    :param text: such as a line of a job's log.
    :param secrets: what :func:`secret_values` found.
    """
    return _any_of(secrets).sub(MASK, text) if secrets else text


def _any_of(secrets: Collection[str]) -> re.Pattern[str]:
    # Longest first, so that a secret that begins with another is replaced as a whole.
    return re.compile("|".join(re.escape(secret) for secret in sorted(secrets, key=len, reverse=True)))


def _masked(value: Any, is_secret: Callable[[str], bool], found: set[str], *, inside: bool) -> Any:
    if isinstance(value, Mapping):
        return {key: _masked_entry(key, item, is_secret, found, inside=inside) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_masked(item, is_secret, found, inside=inside) for item in value]
    return value


def _masked_entry(key: Any, item: Any, is_secret: Callable[[str], bool], found: set[str], *, inside: bool) -> Any:
    if inside and is_secret(text_of(key)):
        found.update(_spellings(item))
        return MASK
    return _masked(item, is_secret, found, inside=inside or field_name(key) in _FIELDS_OF_THE_USER)


def _spellings(secret: Any) -> set[str]:
    if not isinstance(secret, (str, bytes)):
        return set()
    text = text_of(secret)
    # The SageMaker SDK writes hyperparameters as JSON, so the argument lacks the quotes that the value has.
    return {spelling for spelling in (text, text.strip('"')) if len(spelling) >= _SHORTEST_SECRET}


def _scrubbed(value: Any, secrets: re.Pattern[str], *, is_free_text: bool) -> Any:
    if isinstance(value, Mapping):
        return {
            key: _scrubbed(item, secrets, is_free_text=field_name(key) in _FREE_TEXT_FIELDS)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_scrubbed(item, secrets, is_free_text=is_free_text) for item in value]
    return secrets.sub(MASK, value) if is_free_text and isinstance(value, str) else value
