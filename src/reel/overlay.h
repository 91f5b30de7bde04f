#pragma once

#include <cstdint>

#include "reel/picture.h"

namespace reelbatch::reel {

/// Where the ink of made-up writing is: letters of random dots, with gaps between words and rows.
/// `column` and `row` count dots; a row of writing is 8 dots high, a letter 6 dots wide.
bool HasInk(uint64_t seed, int column, int row);

/// Something dark with a grain of its own that passes from left to right. `width` is a share of the
/// picture's; `way` in (0, 1): at one half its middle is the picture's.
void DrawOccluder(double width, double way, uint64_t seed, Picture& picture);

/// Two rows of white writing across the middle.
void DrawTitle(double opacity, uint64_t seed, Picture& picture);

/// The upper right corner of `picture` shows `inset`, whose sides are smaller, inside a white line.
void DrawInset(Picture& inset, Picture& picture);

}  // namespace reelbatch::reel
