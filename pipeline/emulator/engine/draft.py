"""The editing engine of the embedded provider: reads a prompt, edits the user's own pixels.

It segments, re-frames, re-stages, relights and grades; it never redraws a face, a label or a shape,
and it says which clauses it did not understand. Every output is a pure function of request and
pictures, on one machine and one set of library versions.
"""

import functools
from collections.abc import Sequence

import numpy as np

from pipeline.emulator.engine.compile import compile_prompt
from pipeline.emulator.engine.compose import Cutout, Job, look_at
from pipeline.emulator.engine.describe import PLACEHOLDER, nothing_to_do
from pipeline.emulator.engine.enlarge import enlarge, enlarge_plain, working_size
from pipeline.emulator.engine.files import Source, open_source, to_jpeg
from pipeline.emulator.engine.grade import GRADES
from pipeline.emulator.engine.heads import Head, heads
from pipeline.emulator.engine.lettering import accent_of, lettered
from pipeline.emulator.engine.mask import Subject, find_subject, weigh_subject
from pipeline.emulator.engine.noise import dice
from pipeline.emulator.engine.packing import authors_words, split_prompt
from pipeline.emulator.engine.poster import draw_poster
from pipeline.emulator.engine.raster import to_float
from pipeline.emulator.engine_version import DRAFT_ENGINE
from pipeline.emulator.interface import Edited, EditRequest, EngineError
from pipeline.vision.faces import find_faces

_SHORTEST_SIDE = 16
_LONGEST_SIDE = 16_384
_MOST_PIXELS = 17_500_000
"""A little more than 4096 x 4096: named sizes of 4k that are not square have as much."""
_WORKING_PIXELS = 1536 * 1536


class DraftEngine:
    """Edits pictures at draft quality; keeps no state between calls, so threads may share it."""

    @property
    def version(self) -> str:
        """Name of the engine and of everything in it that can alter a pixel."""
        return DRAFT_ENGINE

    def edit(self, request: EditRequest, pictures: Sequence[bytes]) -> Edited:
        """Make the wanted pictures.

        Args:
            request: what was asked for; at most 17,500,000 px an output.
            pictures: the input files' bytes in request order; empty makes posters of the words.

        Returns:
            JPEG files in the order of the prompt's packing sentence, or of the inputs without one;
            where more outputs are wanted than inputs named, later rounds are framed differently.

        Raises:
            EngineError: 1401 if nothing of the prompt is understood or the size is impossible,
                1402 if an input cannot be read.
        """
        _refuse_impossible(request)
        if not pictures:
            return _posters(request)
        words, wanted = split_prompt(request.prompt, pictures=len(pictures), wanted=request.wanted)
        recipe = compile_prompt(words)
        if not recipe.does_something:
            raise EngineError(1401, nothing_to_do(recipe))
        size = (request.width, request.height)
        working = working_size(*size, pixels=_WORKING_PIXELS)
        job = Job(recipe, working, request.seed)

        # A request with an unreadable input fails whole.
        once = all(output.round == 0 for output in wanted)
        covers = working if once and job.keeps_frame else None
        sources = [
            open_source(raw, place, covers=covers) for place, raw in enumerate(pictures, start=1)
        ]

        @functools.cache
        def cutout(index: int) -> Cutout:
            return _look(sources[index], job)

        made = []
        for place, output in enumerate(wanted):
            subject = cutout(output.source)
            done = job.render(subject, again=output.round, place=place)
            pixels = enlarge(
                done.picture,
                size=size,
                source=subject.source,
                placement=done.placement,
                keep=done.keep,
                seed=request.seed,
            )
            if recipe.lettering:
                by = size[0] / working[0]
                faces = tuple(face.scaled(by) for face in done.faces)
                pixels = lettered(
                    pixels,
                    recipe.lettering,
                    faces,
                    accent_of(pixels),
                    high=recipe.lettering_at == "top",
                )
            made.append(to_jpeg(pixels))
        return Edited(pictures=tuple(made), notes=tuple(map(str, recipe.notes)))


def _look(source: Source, job: Job) -> Cutout:
    faces: tuple[Head, ...] = ()
    if job.needs_faces:
        plate = source.plate
        faces = heads(find_faces(plate), plate=(plate.shape[1], plate.shape[0]))
    return job.dress(look_at(source, _subject(source, job), faces))


def _subject(source: Source, job: Job) -> Subject:
    if source.opacity is not None:
        return Subject(np.ascontiguousarray(to_float(source.opacity)), found=True)
    if not job.needs_subject(source.width, source.height):
        return Subject(np.ones(source.plate.shape[:2], np.float32), found=False)
    look = find_subject if job.shows_outline else weigh_subject
    return look(source.plate)


def _posters(request: EditRequest) -> Edited:
    words = authors_words(request.prompt)
    if not words:
        raise EngineError(1401, "the prompt is empty")
    size = (request.width, request.height)
    working = working_size(*size, pixels=_WORKING_PIXELS)
    recipe = compile_prompt(words)
    backdrop = Job(recipe, working, request.seed).backdrop_alone()
    asked = recipe.backdrop
    ground = asked.colour if asked is not None and asked.kind in {"studio", "plain"} else None
    made = []
    for place in range(request.wanted):
        picture = draw_poster(
            words,
            backdrop,
            size=working,
            seed=request.seed,
            place=place,
            light=recipe.light,
            lettering=recipe.lettering,
            ground=ground,
        )
        for name in recipe.grades:
            picture = GRADES[name](picture, dice(request.seed, "grade", name, place))
        made.append(to_jpeg(enlarge_plain(picture, size=size, seed=request.seed)))
    return Edited(pictures=tuple(made), notes=(PLACEHOLDER,))


def _refuse_impossible(request: EditRequest) -> None:
    width, height = request.width, request.height
    if min(width, height) < _SHORTEST_SIDE or max(width, height) > _LONGEST_SIDE:
        raise EngineError(
            1401,
            f"impossible size {width} x {height}: sides are {_SHORTEST_SIDE} to {_LONGEST_SIDE} px",
        )
    if width * height > _MOST_PIXELS:
        raise EngineError(1401, f"size {width} x {height} has more than {_MOST_PIXELS} px")
    if request.wanted < 1:
        raise EngineError(1401, f"{request.wanted} pictures were asked for")
