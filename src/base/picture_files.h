#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace reelbatch::base {

/// The files of a picture sequence, which is one video: those of a numbered name such as
/// `frames/%05d.png`, or the pictures of a folder.
struct PictureFiles {
  std::vector<std::filesystem::path> files;  // in the order of their numbers
  /// Of the same length, ascending; empty if the names are not numbered.
  std::vector<int64_t> numbers;
};

/// Whether the name has the extension of pictures that FFmpeg decodes one by one, in upper or lower
/// case.
bool HasPictureEnding(const std::filesystem::path& path);

/// Whether the path means a picture sequence: a folder, or a name that does not exist, has the
/// extension of pictures and one `%d` or `%05d` in its last part. An existing file is never read as
/// a pattern.
bool NamesPictures(const std::filesystem::path& path);

/// The files of such a path. A folder gives its pictures in natural order (1, 2, 10), without
/// hidden ones; they must all have the same kind of extension. Errors: io (a folder cannot be
/// listed), invalid_argument (no pictures, or several kinds).
Result<PictureFiles> ListPictures(const std::filesystem::path& path);

/// "numbers 13, 20 to 24 are missing", at most a few; empty if none is. If all numbers have
/// the same distance (10, 20, 30), none is missing.
std::string MissingNumbers(const PictureFiles& pictures);

/// The numbering of a sequence: prefix, a number of at least `padding` digits, suffix.
struct PictureNumbering {
  std::filesystem::path folder;
  std::string prefix;
  std::string suffix;
  int64_t first = 0;
  int64_t step = 1;
  int padding = 0;
};

/// None if the names are not numbered in even steps.
std::optional<PictureNumbering> NumberingOf(const PictureFiles& pictures);

/// The name of outputs of the sequence: the name of the folder, or that of the pattern
/// without its number; for `%05d.png` alone, the name of its folder.
std::string PictureStem(const std::filesystem::path& path);

/// Whether `a` comes before `b` if digits are compared by their value.
bool NaturalLess(std::string_view a, std::string_view b);

}  // namespace reelbatch::base
