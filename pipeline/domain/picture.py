"""What is known of a picture file without looking at its pixels."""

from dataclasses import dataclass

from pipeline.domain.fingerprint import Sha256


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """One picture file.

    Attributes:
        sha256: digest of the file's bytes.
        size: of the file, in bytes.
        width: px as displayed, that is after the rotation its EXIF data asks for.
        height: px as displayed; of one frame where the picture is animated.
        format: `jpeg`, `png`, `webp`, `tiff`, `gif` or `avif`; read from the content, never
            from the file's name.
    """

    sha256: Sha256
    size: int
    width: int
    height: int
    format: str

    @property
    def mime(self) -> str:
        """Media type for an upload, such as `image/jpeg`."""
        return f"image/{self.format}"

    @property
    def pixels(self) -> int:
        """Width times height."""
        return self.width * self.height
