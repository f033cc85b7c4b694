"""Rules about the channels of a job and the data in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_sm_training.sagemaker.rules.reading import shown
from airflow_sm_training.sagemaker.rules.repeats import repeats
from airflow_sm_training.sagemaker.rules.rule import Finding, guide, reference, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_sm_training.sagemaker.rules.reading import Part

_AUGMENTED = "AugmentedManifestFile"
_SOURCES = ("S3DataSource", "FileSystemDataSource", "DatasetSource")
_STREAMING_MODES = ("Pipe", "FastFile")


def input_mode(request: Part, channel: Part) -> str | None:
    """
    Return the input mode of a channel; ``None`` if it is not known.

    :param request: the request.
    :param channel: one of its ``InputDataConfig``.
    """
    own = channel["InputMode"]
    return request.at("AlgorithmSpecification", "TrainingInputMode").text if own.is_absent else own.text


@rule("channel-names-unique", reference("Channel"))
def channel_names_unique(request: Part) -> Iterator[Finding]:
    """A channel is a named input source that training algorithms can consume; so its name is its own."""
    for name in repeats(channel["ChannelName"] for channel in request["InputDataConfig"].elements()):
        yield Finding(name, f"{shown(name.text)} is the name of an earlier channel; give each a name of its own")


@rule("data-source-one", reference("DataSource"))
def data_source_one(request: Part) -> Iterator[Finding]:
    """
    DataSource describes the location of the channel data: the S3 location, the file system or the dataset that is
    associated with the channel; so it has one of them.
    """
    for channel in request["InputDataConfig"].elements():
        source = channel["DataSource"]
        kinds = [source[name] for name in _SOURCES]
        filled = [name for name in _SOURCES if source[name].is_filled]
        if len(filled) > 1:
            yield Finding(source, f"has {' and '.join(filled)}; a channel has one location, so keep one", _SOURCES)
        elif isinstance(source.value, dict) and all(kind.is_absent for kind in kinds):
            yield Finding(source, f"has no location; give one of {', '.join(_SOURCES)}", _SOURCES)


@rule("augmented-manifest-pipe", reference("S3DataSource"))
def augmented_manifest_pipe(request: Part) -> Iterator[Finding]:
    """AugmentedManifestFile can only be used if the Channel's input mode is Pipe."""
    for channel in request["InputDataConfig"].elements():
        data_type, mode = channel.at("DataSource", "S3DataSource", "S3DataType"), input_mode(request, channel)
        if data_type.text == _AUGMENTED and mode not in (None, "Pipe"):
            message = f"{shown(_AUGMENTED)} cannot be read in {mode} mode; set InputMode of the channel to 'Pipe'"
            yield Finding(data_type, message, ("Pipe",))


@rule("augmented-manifest-attributes", guide("augmented-manifest"))
def augmented_manifest_attributes(request: Part) -> Iterator[Finding]:
    """
    You specify which attribute contents of an augmented manifest to pass, and in which order, with the
    AttributeNames parameter.
    """
    for channel in request["InputDataConfig"].elements():
        source = channel.at("DataSource", "S3DataSource")
        if source["S3DataType"].text == _AUGMENTED and source["AttributeNames"].is_absent:
            message = f"is required with S3DataType {shown(_AUGMENTED)}; list the attributes to pass to the algorithm"
            yield Finding(source["AttributeNames"], message)


@rule("attribute-names-augmented-only", reference("S3DataSource"))
def attribute_names_augmented_only(request: Part) -> Iterator[Finding]:
    """
    AttributeNames is a list of one or more attribute names to use that are found in a specified augmented manifest
    file; so no other data has them.
    """
    for channel in request["InputDataConfig"].elements():
        source = channel.at("DataSource", "S3DataSource")
        names, data_type = source["AttributeNames"], source["S3DataType"].text
        if names.is_filled and data_type and data_type != _AUGMENTED:
            message = f"{shown(names.value)} is given with S3DataType {shown(data_type)}, which has no attributes"
            yield Finding(names, f"{message}; leave it out, or use {shown(_AUGMENTED)}")


@rule("manifest-is-object", reference("S3DataSource"))
def manifest_is_object(request: Part) -> Iterator[Finding]:
    """
    If you choose ManifestFile or AugmentedManifestFile, S3Uri identifies an object that is a manifest file; so it does
    not end with a slash.
    """
    for channel in request["InputDataConfig"].elements():
        source = channel.at("DataSource", "S3DataSource")
        data_type, uri = source["S3DataType"].text, source["S3Uri"]
        if data_type in ("ManifestFile", _AUGMENTED) and uri.text and uri.text.endswith("/"):
            message = f"{shown(uri.text)} is a prefix, and {data_type} needs an object; name the manifest file"
            yield Finding(uri, message)


@rule("compression-pipe-only", reference("Channel"))
def compression_pipe_only(request: Part) -> Iterator[Finding]:
    """CompressionType is used only in Pipe input mode. In File mode, leave this field unset or set it to None."""
    for channel in request["InputDataConfig"].elements():
        compression, mode = channel["CompressionType"], input_mode(request, channel)
        if compression.text == "Gzip" and mode not in (None, "Pipe"):
            message = f"'Gzip' is used in Pipe mode only, and the channel's mode is {mode}; leave it out, or use Pipe"
            yield Finding(compression, message, ("None",))


@rule("record-wrapper-not-in-file-mode", reference("Channel"))
def record_wrapper_not_in_file_mode(request: Part) -> Iterator[Finding]:
    """In File mode, leave RecordWrapperType unset or set it to None."""
    for channel in request["InputDataConfig"].elements():
        wrapper = channel["RecordWrapperType"]
        if wrapper.text == "RecordIO" and input_mode(request, channel) == "File":
            yield Finding(wrapper, "'RecordIO' cannot be used in File mode; leave it out, or use Pipe mode", ("None",))


@rule("file-system-mode", guide("model-access-training-data"))
def file_system_mode(request: Part) -> Iterator[Finding]:
    """
    File mode reads from Amazon S3, Amazon EFS or Amazon FSx; Pipe mode and FastFile mode stream from an Amazon S3
    data source.
    """
    for channel in request["InputDataConfig"].elements():
        mode = input_mode(request, channel)
        if channel.at("DataSource", "FileSystemDataSource").is_filled and mode in _STREAMING_MODES:
            message = f"{shown(mode)} streams from Amazon S3, not from a file system; set it to 'File' for this channel"
            yield Finding(channel["InputMode"], message, ("File",))


@rule("file-system-vpc", guide("train-vpc"))
def file_system_vpc(request: Part) -> Iterator[Finding]:
    """
    The subnets and security groups in VpcConfig allow the training job to connect to resources that exist in your VPC;
    so a job with a file system of Amazon EFS or Amazon FSx has them.
    """
    if not request["VpcConfig"].is_absent:
        return
    for channel in request["InputDataConfig"].elements():
        file_system = channel.at("DataSource", "FileSystemDataSource")
        if file_system.is_filled:
            which = shown(file_system["FileSystemId"].text or "a file system")
            yield Finding(file_system, f"{which} is in a VPC; add the VpcConfig through which the job reaches it")


RULES = (
    channel_names_unique,
    data_source_one,
    augmented_manifest_pipe,
    augmented_manifest_attributes,
    attribute_names_augmented_only,
    manifest_is_object,
    compression_pipe_only,
    record_wrapper_not_in_file_mode,
    file_system_mode,
    file_system_vpc,
)
