#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace reelbatch::base {

/// The files of a picture sequence, which is one video: those that a numbered name such as
/// `frames/%05d.png` stands for, or the pictures of a folder.
struct PictureFiles {
  std::vector<std::filesystem::path> files;  // in the order of their numbers
  /// Of the same length, ascending; empty where the names are not one numbering.
  std::vector<int64_t> numbers;
};

/// Whether the name ends as pictures do that FFmpeg decodes one by one, in any case.
bool HasPictureEnding(const std::filesystem::path& path);

/// Whether the path means a picture sequence: a folder, or a name that is not there, ends as
/// pictures do and has one `%d` or `%05d` in its last part. What exists is never read as a pattern.
bool NamesPictures(const std::filesystem::path& path);

/// The files behind such a path. A folder gives its pictures in natural order (1, 2, 10), hidden
/// ones left out; they must all have the same kind of ending.
/// Errors: io (a folder cannot be listed), invalid_argument (no picture, or several kinds).
Result<PictureFiles> ListPictures(const std::filesystem::path& path);

/// "numbers 13, 20 to 24 are missing", at most a few; empty where none is. Where all numbers lie
/// the same step apart (10, 20, 30), none is missing.
std::string MissingNumbers(const PictureFiles& pictures);

/// How the names of a sequence count: prefix, a number of at least `padding` digits, suffix.
struct PictureNumbering {
  std::filesystem::path folder;
  std::string prefix;
  std::string suffix;
  int64_t first = 0;
  int64_t step = 1;
  int padding = 0;
};

/// None where the names are not one numbering in even steps.
std::optional<PictureNumbering> NumberingOf(const PictureFiles& pictures);

/// What outputs of the sequence are named by: the name of the folder, or what the pattern has
/// beside its number; of a bare `%05d.png`, the name of its folder.
std::string PictureStem(const std::filesystem::path& path);

/// Whether `a` comes before `b` where runs of digits count by their value.
bool NaturalLess(std::string_view a, std::string_view b);

}  // namespace reelbatch::base
