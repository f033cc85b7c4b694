"""
Which instance families have what.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/InstanceStorage.html (instance store volumes) and
https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-types.html
"""

from __future__ import annotations

# Every size of these families has NVMe volumes of its own.
LOCAL_STORAGE = frozenset(
    {
        "c5d",
        "c6id",
        "g4dn",
        "g5",
        "g6",
        "g6e",
        "g7e",
        "gr6",
        "m5d",
        "m6id",
        "p3dn",
        "p4d",
        "p4de",
        "p5",
        "p5e",
        "p5en",
        "p6-b200",
        "p6-b300",
        "p6e-gb200",
        "r5d",
        "r6id",
        "trn1",
        "trn1n",
        "trn2",
    }
)
_CPU_WITHOUT_LOCAL_STORAGE = frozenset(
    {
        "c4",
        "c5",
        "c5n",
        "c6i",
        "c7i",
        "c7i-flex",
        "c8i",
        "c8i-flex",
        "m4",
        "m5",
        "m6i",
        "m7i",
        "m7i-flex",
        "m8i",
        "m8i-flex",
        "r5",
        "r6i",
        "r7i",
        "r8i",
        "r8i-flex",
        "t3",
    }
)
# No size of these families has any.
EBS_ONLY = _CPU_WITHOUT_LOCAL_STORAGE | {"p2", "p3"}
# No accelerators, so no UltraServers.
CPU_ONLY = _CPU_WITHOUT_LOCAL_STORAGE | {"c5d", "c6id", "m5d", "m6id", "r5d", "r6id"}

_PARTS_OF_A_TYPE = 3


def family(instance_type: str | None) -> str:
    """
    Return the family of an instance type, such as ``g4dn`` of ``ml.g4dn.xlarge``; empty if it has none.

    :param instance_type: such as ``ml.g4dn.xlarge``.
    """
    parts = instance_type.split(".") if instance_type else []
    return parts[1] if len(parts) == _PARTS_OF_A_TYPE and parts[0] == "ml" else ""
