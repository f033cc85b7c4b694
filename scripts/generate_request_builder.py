#!/usr/bin/env python
"""
Writes the three generated modules of the request builder from the CreateTrainingJob shape of the installed botocore.

    .venv/bin/python scripts/generate_request_builder.py

Run it when a newer botocore knows fields that the modules do not; a test says when.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import botocore
import botocore.session
from botocore import xform_name

if TYPE_CHECKING:
    from botocore.model import Shape, StructureShape

TARGET = Path(__file__).parents[1] / "airflow_sm_training" / "sagemaker"
OPERATION = "CreateTrainingJob"
SCALARS = {
    "string": "str",
    # A template is a string until it is rendered.
    "integer": "int | str",
    "long": "int | str",
    "float": "float | str",
    "double": "float | str",
    "boolean": "bool | str",
    "timestamp": "datetime | str",
}
# More values than these are no help in an editor, and AWS adds to them: instance types.
MOST_SHOWN_VALUES = 12
HEADER = '''\
# Generated from botocore {version} by scripts/generate_request_builder.py: run it again, never edit this file.
"""{docstring}"""

'''


def structures(shape: Shape, found: dict[str, StructureShape] | None = None) -> dict[str, StructureShape]:
    """Return every structure of a request by its name, those within others first."""
    found = {} if found is None else found
    if shape.type_name == "list":
        structures(shape.member, found)
    elif shape.type_name == "map":
        if shape.value.type_name != "string":
            raise NotImplementedError(f"{shape.name} maps to {shape.value.type_name}: teach spelling.py to convert it")
    elif shape.type_name == "structure" and shape.name not in found:
        for member in shape.members.values():
            structures(member, found)
        found[shape.name] = shape
    return found


def python_type(shape: Shape) -> str:
    """Return the type of a value in snake_case form, as it stands in the generated code."""
    kind = shape.type_name
    if kind == "structure":
        return shape.name
    if kind == "list":
        return f"list[{python_type(shape.member)}]"
    if kind == "map":
        return "Mapping[str, str | float | bool]"
    values = getattr(shape, "enum", None)
    if values and len(values) <= MOST_SHOWN_VALUES:
        return f"Literal[{', '.join(quoted(value) for value in values)}] | str"
    return SCALARS[kind]


def field_type(shape: Shape) -> str:
    """Return the type of a field where it is set: tags may be given as a plain mapping, too."""
    return f"{python_type(shape)} | Mapping[str, str]" if shape.name == "TagList" else python_type(shape)


def quoted(text: str) -> str:
    return '"' + text + '"'


def limits(shape: Shape) -> str:
    """Return what the model says of the size of a value, in words; empty if it says nothing."""
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is None and most is None:
        return ""
    unit = {"string": " characters", "list": " entries", "map": " entries"}.get(shape.type_name, "")
    if most is None:
        return f", {least} or more{unit}"
    return f", at most {most}{unit}" if least is None else f", {least} to {most}{unit}"


def types_module(shapes: dict[str, StructureShape], root: str) -> str:
    lines = ["from collections.abc import Mapping", "from typing import Literal, Required, TypedDict"]
    for name, shape in shapes.items():
        page = OPERATION if name == root else name
        lines += [
            "",
            "",
            f"class {name}(TypedDict, total=False):",
            f'    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_{page}.html"""',
            "",
        ]
        for wire, member in shape.members.items():
            # Shared defaults may complete the request itself, so nothing is required of it here.
            required = wire in shape.required_members and name != root
            hint = f"Required[{field_type(member)}]" if required else field_type(member)
            lines += [f"    {xform_name(wire)}: {hint}", f'    """``{wire}``{limits(member)}."""']
    return "\n".join(lines)


def names_module(shapes: dict[str, StructureShape]) -> str:
    lines = [
        "# Structure: {name in snake_case: (name on the wire, the structure that is there or is in the list there)}",
        "STRUCTURES: dict[str, dict[str, tuple[str, str | None]]] = {",
    ]
    for name, shape in shapes.items():
        lines.append(f'    "{name}": {{')
        for wire, member in shape.members.items():
            inner = member.member if member.type_name == "list" else member
            child = quoted(inner.name) if inner.type_name == "structure" else "None"
            lines.append(f'        "{xform_name(wire)}": ("{wire}", {child}),')
        lines.append("    },")
    return "\n".join([*lines, "}"])


def methods_module(root: StructureShape) -> str:
    used = {inner.name for inner in map(element, root.members.values()) if inner.type_name == "structure"}
    lines = [
        "# What is stored is JSON: its types are what the methods take.",
        '# mypy: disable-error-code="no-any-return"',
        "from __future__ import annotations",
        "",
        "from typing import TYPE_CHECKING",
        "",
        "from airflow_sm_training.sagemaker.request_base import RequestBase",
        "",
        "if TYPE_CHECKING:",
        "    from collections.abc import Mapping",
        "    from typing import Literal, Self",
        "",
        "    from airflow_sm_training.sagemaker.request_types import (",
        *(f"        {name}," for name in sorted(used)),
        "    )",
        "",
        "",
        "class RequestMethods(RequestBase):",
        '    """A property and the methods ``with_…`` and ``replace_…`` for each field of the request."""',
        "",
        "    __slots__ = ()",
    ]
    for wire, member in root.members.items():
        lines += methods(xform_name(wire), wire, member)
    return "\n".join(lines)


def element(shape: Shape) -> Shape:
    return shape.member if shape.type_name == "list" else shape


def methods(name: str, wire: str, shape: Shape) -> list[str]:
    in_snake_case = ", its names in snake_case" if element(shape).type_name == "structure" else ""
    lines = [
        "",
        "    @property",
        f"    def {name}(self) -> {python_type(shape)} | None:",
        f'        """``{wire}``{in_snake_case}; ``None`` if it is not set."""',
        f'        return self._get("{name}")',
    ]
    setter = "with"
    if shape.type_name in ("list", "map"):
        lines += adding(name, wire, shape)
        setter = "replace"
    return [
        *lines,
        "",
        f"    def {setter}_{name}(self, {name}: {field_type(shape)} | None) -> Self:",
        f'        """Return a copy with this ``{wire}`` and no other; without any, if it is ``None``."""',
        f'        return self._set("{name}", {name})',
    ]


def adding(name: str, wire: str, shape: Shape) -> list[str]:
    if shape.name == "TagList":
        return []  # written by hand: tags are a list that works as a map
    if shape.type_name == "map":
        return [
            "",
            f"    def with_{name}(self, {name}: {python_type(shape)}) -> Self:",
            f'        """Return a copy with these added to ``{wire}``; they replace those of the same names."""',
            f'        return self._update("{name}", {name})',
        ]
    return [
        "",
        f"    def with_{name}(self, *{name}: {python_type(shape.member)}) -> Self:",
        f'        """Return a copy with these appended to ``{wire}``."""',
        f'        return self._append("{name}", {name})',
    ]


def modules() -> dict[str, str]:
    """Return the content of each generated module by its file name."""
    service = botocore.session.get_session().get_service_model("sagemaker")
    root = service.operation_model(OPERATION).input_shape
    shapes = structures(root)
    return {
        name: HEADER.format(version=botocore.__version__, docstring=docstring) + body + "\n"
        for name, docstring, body in (
            (
                "request_types.py",
                "The structures of a CreateTrainingJob request, with the names of their fields in snake_case.",
                types_module(shapes, root.name),
            ),
            (
                "request_names.py",
                "What each field of a CreateTrainingJob request is called in snake_case and on the wire.",
                names_module(shapes),
            ),
            (
                "request_methods.py",
                "What can be read from and set in a TrainingJobRequest, field by field.",
                methods_module(root),
            ),
        )
    }


if __name__ == "__main__":
    for name, content in modules().items():
        (TARGET / name).write_text(content, "utf-8")
