"""One run as a small frozen value: the Spec, what there is to choose from, and why a method cannot answer."""

from explorer.spec.catalog import GIVEN
from explorer.spec.mismatch import CannotAnswer, mismatch, offers, refuse_mismatch
from explorer.spec.names import folder_of, request_name, training_recipe
from explorer.spec.sequence import ORDERS, Sequence
from explorer.spec.spec import (
    PARTS,
    REQUEST_KINDS,
    MethodSpec,
    Named,
    RequestSpec,
    Spec,
    SpecError,
    changed_knobs,
    is_for_images,
    kind_fields,
    parse_data,
    parse_method,
    parse_request,
)

__all__ = [
    "GIVEN",
    "ORDERS",
    "PARTS",
    "REQUEST_KINDS",
    "CannotAnswer",
    "MethodSpec",
    "Named",
    "RequestSpec",
    "Sequence",
    "Spec",
    "SpecError",
    "changed_knobs",
    "folder_of",
    "is_for_images",
    "kind_fields",
    "mismatch",
    "offers",
    "parse_data",
    "parse_method",
    "parse_request",
    "refuse_mismatch",
    "request_name",
    "training_recipe",
]
