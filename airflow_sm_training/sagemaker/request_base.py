"""What a request is made of, and how the methods that are generated for each field change it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from airflow_sm_training.sagemaker.errors import RequestInvalid
from airflow_sm_training.sagemaker.secrets import mask
from airflow_sm_training.sagemaker.spelling import copied, to_snake_case, to_wire

if TYPE_CHECKING:
    from typing import Self, Unpack

    from airflow_sm_training.sagemaker.request_types import CreateTrainingJobRequest


@dataclass(frozen=True, slots=True, repr=False)
class RequestBase:
    """
    An immutable CreateTrainingJob request.

    :param request: the request as boto3 takes it.
    :param customizations: what :meth:`customize` was given.
    :raises RequestInvalid: if ``request`` is not a mapping.
    """

    request: Mapping[str, Any]
    customizations: tuple[Callable[[Any], Any], ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.request, Mapping):
            found = type(self.request).__name__
            message = f"A CreateTrainingJob request is a dict as boto3 takes it, not {found} ({self.request!r:.80})."
            raise RequestInvalid(message)
        object.__setattr__(self, "request", copied(self.request))

    @classmethod
    def build(cls, **fields: Unpack[CreateTrainingJobRequest]) -> Self:
        """
        Build a request from keywords in snake_case.

        Structures within it are those of :mod:`airflow_sm_training.sagemaker.request_types`, or plain dicts; names in
        them may also be spelt as boto3 takes them. Every value may be a template. What is ``None`` is left out.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html

        :param fields: ``role_arn``, ``resource_config``, … : an editor completes them.
        :raises FieldUnknown: if a name, at any depth, is that of no field. It is a ``TypeError``, too.
        """
        return cls(_changed({}, fields))

    @classmethod
    def from_dict(cls, request: Mapping[str, Any]) -> Self:
        """
        Return the request of which :meth:`to_dict` gives the same dict again, unknown fields included.

        :param request: the request as boto3 takes it.
        :raises RequestInvalid: if ``request`` is not a mapping.
        """
        return cls(request)

    def __repr__(self) -> str:
        customized = "".join(f".customize({function!r})" for function in self.customizations)
        return f"{type(self).__name__}({mask(self.request)!r}){customized}"

    def to_dict(self) -> dict[str, Any]:
        """Return the request as boto3 takes it, as a copy."""
        return dict(copied(self.request))

    def with_fields(self, **fields: Any) -> Self:
        """Return a copy with these top-level fields, such as ``TrainingJobName``, replaced."""
        return replace(self, request={**self.request, **fields})

    def with_tags(self, tags: Mapping[str, str]) -> Self:
        """Return a copy that carries these tags; they replace tags with the same keys."""
        present = _present("tags", self.request.get("Tags") or [], (list, tuple))
        kept = [tag for tag in present if not isinstance(tag, Mapping) or tag.get("Key") not in tags]
        return self.with_fields(Tags=[*kept, *_tag_list(tags)])

    def customize(self, function: Callable[[Self], Self | Mapping[str, Any]]) -> Self:
        """
        Return a copy that is put through a function before it is sent.

        It is called on the worker, with the request as it is once its templates are rendered; what it returns is
        checked and sent. Several functions are called in the order in which they were added. The operator gives the
        job its derived name and ownership tags afterwards, so a function cannot lose them.

        :param function: takes the request, and returns one or a dict as boto3 takes it.
        """
        return replace(self, customizations=(*self.customizations, function))

    def customized(self) -> Self:
        """
        Return the request that the functions of :meth:`customize` make of this one.

        :raises RequestInvalid: if one of them returns something else than a request.
        """
        request = replace(self, customizations=())
        for function in self.customizations:
            made = function(request)
            if not isinstance(made, (RequestBase, Mapping)):
                name = getattr(function, "__qualname__", repr(function))
                message = f"{name}, given to customize(), returned {made!r:.80}; it has to return the request."
                raise RequestInvalid(message)
            request = replace(request, request=made.customized().request if isinstance(made, RequestBase) else made)
        return request

    def _get(self, name: str) -> Any:
        return to_snake_case(self.request).get(name)

    def _set(self, name: str, value: Any) -> Self:
        return replace(self, request=_changed(self.request, {name: value}))

    def _update(self, name: str, value: Mapping[str, Any]) -> Self:
        if not isinstance(value, Mapping):
            message = (
                f"with_{name}() takes a dict, not {value!r:.80}; what is a template as a whole is for replace_{name}()."
            )
            raise RequestInvalid(message)
        return self._set(name, {**_present(name, self._get(name) or {}, Mapping), **value})

    def _append(self, name: str, items: tuple[Any, ...]) -> Self:
        if any(isinstance(item, (list, tuple)) for item in items):
            message = f"with_{name}() takes its entries one by one, not in a list: with_{name}(first, second)."
            raise RequestInvalid(message)
        return self._set(name, [*_present(name, self._get(name) or [], (list, tuple)), *items])


def _changed(request: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the request with these fields, in either spelling, in place of its own; without those that are None."""
    tags = fields.get("tags")
    changes = to_wire({**fields, "tags": _tag_list(tags)} if isinstance(tags, Mapping) else fields)
    kept = {name: value for name, value in request.items() if name not in changes}
    return kept | {name: value for name, value in changes.items() if value is not None}


def _tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _present(name: str, value: Any, expected: Any) -> Any:
    if not isinstance(value, expected):
        message = (
            f"{name} is {value!r:.80}, to which nothing can be added before the task runs. "
            f"Set all of it with replace_{name}(), or add to it in a function for customize()."
        )
        raise RequestInvalid(message)
    return value
