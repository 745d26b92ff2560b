"""What delivered files say about themselves."""

from typing import Annotated, Any

from pydantic import BaseModel, Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from pipeline.manifest.model.parts import STRICT, with_short_form
from pipeline.manifest.values import Flag, Line


class SignEntry(BaseModel):
    """Content credentials (C2PA) for delivered files; `true` for the certificate of this machine.

    That is the one that `CAMPAIGN_SIGN_CERTIFICATE` and `CAMPAIGN_SIGN_KEY` name, else the
    development certificate that `campaign provenance init` makes.
    """

    model_config = STRICT

    certificate: Annotated[
        Line | None,
        Field(
            description="File of the certificate chain in PEM form, the signer's first; relative to"
            " the campaign's folder, or with `~` for your own.",
            examples=["signing/certificates.pem"],
        ),
    ] = None
    key: Annotated[
        Line | None,
        Field(
            description="File of its private key in PEM form, which nobody else may read: a path,"
            " never the key itself.",
            examples=["~/.keys/signing.pem"],
        ),
    ] = None

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, value: Any) -> Any:
        return {} if value is True else value

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return with_short_form(cls, core, handler, {"type": "boolean"})


class ProvenanceEntry(BaseModel):
    """What delivered files say about themselves, beside that AI made them."""

    model_config = STRICT

    prompt: Annotated[
        Flag,
        Field(
            description="Whether delivered files tell the prompt in their metadata. Anybody who has"
            " such a file can read it there."
        ),
    ] = False
    sign: Annotated[
        SignEntry | None,
        Field(
            description="Whether delivered files are signed, and with what. Needs the extra"
            " `provenance`; a file that cannot be signed is not made.",
            examples=[True, {"certificate": "signing/chain.pem", "key": "~/.keys/signing.pem"}],
        ),
    ] = None

    @model_validator(mode="before")
    @classmethod
    def _unsigned(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.get("sign") is False:
            return {key: one for key, one in value.items() if key != "sign"}
        return value
