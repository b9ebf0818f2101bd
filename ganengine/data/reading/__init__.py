"""The user's own pictures: found in a folder, an archive or an array file, decoded, and brought to one shape.

`collection_at` says what a path is; `guessed_shape` what suits it; `decoded` gives the pictures, and why some are left
out.
"""

from ganengine.data.reading.collection import Collection as Collection
from ganengine.data.reading.guessing import guessed_shape as guessed_shape
from ganengine.data.reading.opening import collection_at as collection_at
from ganengine.data.reading.pipeline import Tally as Tally
from ganengine.data.reading.pipeline import decoded as decoded
