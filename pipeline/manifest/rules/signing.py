"""What a manifest says about signing: two paths or none, and never a secret itself."""

from pipeline.manifest import codes
from pipeline.manifest.places import Pointer
from pipeline.manifest.rules.case import Case

_PEM = "-----BEGIN"
_AT: Pointer = ("provenance", "sign")


def check_signing(case: Case) -> None:
    """A certificate comes with its key, and both are paths; what is in them is not looked at."""
    sign = case.manifest.provenance.sign
    if sign is None:
        return
    said = {"certificate": sign.certificate, "key": sign.key}
    for name, text in said.items():
        if text is not None and _PEM in text:
            case.problems.add(
                codes.SIGNING,
                (*_AT, name),
                what=f"`{name}` holds PEM text itself",
                why="a manifest lies in git, where everybody who may read it finds a key for good",
                fix=f"keep it in a file outside the repository and write its path, such as `{name}:"
                f" ~/.keys/{name}.pem`; a key that stood here is no secret any more: replace it",
            )
            return
    given = [name for name, text in said.items() if text]
    if len(given) == 1:
        (missing,) = set(said) - set(given)
        case.problems.add(
            codes.SIGNING,
            _AT,
            what=f"`sign` names a `{given[0]}` and no `{missing}`",
            why="a certificate and its key belong together",
            fix=f"add `{missing}`, or write `sign: true` for what `CAMPAIGN_SIGN_CERTIFICATE` and"
            " `CAMPAIGN_SIGN_KEY` name, else the development certificate",
        )
