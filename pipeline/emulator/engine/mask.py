"""The subject of a picture; found by `pipeline.vision.subject`, which the picture checks share."""

from pipeline.vision.networks import DamagedWeightsError
from pipeline.vision.subject import Subject, find_subject, weigh_subject

__all__ = ["DamagedWeightsError", "Subject", "find_subject", "weigh_subject"]
