"""Check that a method keeps the rules: on small requests of every kind, on an MLP and a convolutional net."""

from explorer.contract.checking import Finding, check, method_in
from explorer.contract.rules import RULES, Rule, Subject

__all__ = ["RULES", "Finding", "Rule", "Subject", "check", "method_in"]
