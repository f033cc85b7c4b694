"""A valid value of any shape, and every way in which the model knows to break it, one at a time."""

from __future__ import annotations

from airflow_sm_training.sagemaker.patterns import compiled

_ACCOUNT = "us-east-1:123456789012"
_HUB = f"arn:aws:sagemaker:{_ACCOUNT}:hub-content/Hub"
# For each pattern of the model at least one of them matches.
_TEXTS = (
    "a",
    "a-b",
    "8K",
    "1234567890123456789012345678901234567",
    "s3://bucket/prefix",
    "fs-0123456789abcdef0",
    "arn:aws:iam::123456789012:role/sagemaker",
    f"arn:aws:lambda:{_ACCOUNT}:function:login",
    f"arn:aws:sagemaker:{_ACCOUNT}:training-plan/plan",
    f"arn:aws:sagemaker:{_ACCOUNT}:model-package-group/group",
    f"arn:aws:sagemaker:{_ACCOUNT}:model-package/group/1",
    f"arn:aws:sagemaker:{_ACCOUNT}:mlflow-app/app",
    f"{_HUB}/Model/model/1.0.0",
    f"{_HUB}/DataSet/data/1.0.0",
)
_UNMATCHED = ("\n", "é", " ", "-", "_", "%", "\U0001f4a9")
_WRONG_TYPES = {
    "string": (7, True, ["a"], {"a": "b"}),
    "integer": ("x", True, 1.5, [1]),
    "long": ("x", True, 1.5, {}),
    "boolean": ("maybe", 1, []),
    "structure": ("x", 7, []),
    "map": ("x", 7, []),
    "list": ("x", 7, {}),
}
# Longer texts would only cost time: none of the model's bounds that is worth a check lies above.
_LONGEST = 100_000


def valid(shape):
    """Return a value of a shape in which every field is there."""
    limits = shape.metadata
    if shape.type_name == "structure":
        return {name: valid(member) for name, member in shape.members.items()}
    if shape.type_name == "list":
        return [valid(shape.member)] * max(1, limits.get("min") or 0)
    if shape.type_name == "map":
        return {valid(shape.key): valid(shape.value)}
    if shape.type_name == "boolean":
        return True
    if shape.type_name in {"integer", "long"}:
        return max(1, limits.get("min") or 0)
    return _valid_text(shape)


def _valid_text(shape):
    if getattr(shape, "enum", None):
        return shape.enum[0]
    if "example" in shape.metadata:
        return shape.metadata["example"]
    candidates = [text for text in _TEXTS if _fits(shape, text)]
    assert candidates, f"no text for {dict(shape.metadata)}: add one to _TEXTS"
    return candidates[0]


def _fits(shape, text):
    limits = shape.metadata
    has_length = limits.get("min", 0) <= len(text) <= limits.get("max", len(text))
    return has_length and ("pattern" not in limits or compiled(limits["pattern"]).fullmatch(text) is not None)


def mutations(shape, value, path=""):
    """Yield ``(broken value, path, rule)`` for everything that can be wrong with a valid value, at every depth."""
    for wrong in _WRONG_TYPES[shape.type_name]:
        yield wrong, path, "type"
    if shape.type_name == "structure":
        yield from _of_structure(shape, value, path)
    elif shape.type_name == "list":
        yield from _of_list(shape, value, path)
    elif shape.type_name == "map":
        yield from _of_map(shape, value, path)
    elif shape.type_name == "string":
        yield from ((broken, path, rule) for broken, rule in _of_text(shape))
    elif shape.type_name in {"integer", "long"}:
        yield from ((broken, path, "range") for broken in _outside(shape))


def _of_structure(shape, value, path):
    yield {**value, "Surplus": 1}, _join(path, "Surplus"), "unknown"
    for name in shape.metadata.get("required", ()):
        yield {key: item for key, item in value.items() if key != name}, _join(path, name), "required"
        yield {**value, name: None}, _join(path, name), "required"
    for name, member in shape.members.items():
        for broken, at, rule in mutations(member, value[name], _join(path, name)):
            yield {**value, name: broken}, at, rule


def _of_list(shape, value, path):
    for size in _outside(shape):
        yield [valid(shape.member)] * size, path, "size"
    before = value[: shape.metadata.get("max", len(value) + 1) - 1]
    for broken, at, rule in mutations(shape.member, value[0], f"{path}[{len(before)}]"):
        yield [*before, broken], at, rule


def _of_map(shape, value, path):
    for size in _outside(shape):
        yield {f"k{number}": valid(shape.value) for number in range(size)}, path, "size"
    for broken, at, rule in mutations(shape.value, valid(shape.value), f'{path}["other"]'):
        yield {**value, "other": broken}, at, rule
    for broken, rule in _of_text(shape.key):
        if not broken.isascii() or "\n" in broken:
            continue  # the path spells those in another way
        yield {**value, broken: valid(shape.value)}, f'{path}["{broken}"]', rule


def _of_text(shape):
    limits = shape.metadata
    if getattr(shape, "enum", None) or "form" in limits:
        yield "no such value!", "enum"
        yield "", "enum"
        return
    for length in _outside(shape):
        yield "a" * length, "length"
    if "pattern" in limits:
        size = len(_valid_text(shape))
        broken = [text * size for text in _UNMATCHED if not compiled(limits["pattern"]).fullmatch(text * size)]
        yield from ((text, "pattern") for text in broken if _has_length(limits, text))


def _has_length(limits, text):
    return limits.get("min", 0) <= len(text) <= limits.get("max", len(text))


def _outside(shape):
    minimum, maximum = shape.metadata.get("min"), shape.metadata.get("max")
    is_size = shape.type_name not in {"integer", "long"}
    if minimum is not None and (minimum > 0 or not is_size):
        yield minimum - 1
    if maximum is not None and (not is_size or maximum < _LONGEST):
        yield maximum + 1


def _join(path, name):
    return f"{path}.{name}" if path else name
