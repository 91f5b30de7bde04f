#include "base/picture_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "base/text.h"

namespace reelbatch::base {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostDigits = 18;  // fits int64_t

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// A name with a number in it: "shot_" 5 ".png" for shot_%05d.png.
struct NumberedName {
  std::string prefix;
  size_t width = 0;  // digits at least, filled with zeros
  std::string suffix;
};

/// Nothing where the text has no number, more than one, or another kind of `%`.
std::optional<NumberedName> ParseNumberedName(std::string_view text) {
  NumberedName name;
  bool found = false;
  for (size_t i = 0; i < text.size(); ++i) {
    std::string& part = found ? name.suffix : name.prefix;
    if (text[i] != '%') {
      part += text[i];
    } else if (i + 1 < text.size() && text[i + 1] == '%') {
      part += text[i++];
    } else {
      size_t end = i + 1;
      while (end < text.size() && IsDigit(text[end])) ++end;
      const std::string_view digits = text.substr(i + 1, end - i - 1);
      const bool zeros = digits.empty() || digits.front() == '0';
      if (found || !zeros || digits.size() > 3 || end == text.size() || text[end] != 'd') return {};
      for (const char digit : digits)
        name.width = name.width * 10 + static_cast<size_t>(digit - '0');
      found = true;
      i = end;
    }
  }
  return found ? std::optional(name) : std::nullopt;
}

std::optional<int64_t> NumberOf(std::string_view digits) {
  if (digits.empty() || digits.size() > kMostDigits || !std::ranges::all_of(digits, IsDigit))
    return {};
  int64_t number = 0;
  for (const char digit : digits) number = number * 10 + (digit - '0');
  return number;
}

/// The number for which printf would write `text`.
std::optional<int64_t> Match(const NumberedName& name, std::string_view text) {
  if (text.size() < name.prefix.size() + name.suffix.size() || !text.starts_with(name.prefix) ||
      !text.ends_with(name.suffix)) {
    return {};
  }
  text.remove_prefix(name.prefix.size());
  text.remove_suffix(name.suffix.size());
  const size_t least = std::max<size_t>(name.width, 1);
  const bool filled = text.size() > least && text.starts_with('0');
  return text.size() < least || filled ? std::nullopt : NumberOf(text);
}

/// "jpg" for .JPEG: which endings mean the same kind.
std::string KindOf(const fs::path& path) {
  std::string kind = path.extension().native();
  if (!kind.empty()) kind.erase(0, 1);
  for (char& c : kind) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  if (kind == "jpeg" || kind == "jpe" || kind == "jfif") return "jpg";
  if (kind == "tiff") return "tif";
  return kind;
}

Result<std::vector<std::string>> NamesIn(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(folder.empty() ? "." : folder, error), end; !error && it != end;
       it.increment(error)) {
    std::error_code ignored;
    if (!it->is_directory(ignored)) names.push_back(it->path().filename().native());
  }
  if (error) return Fail(Code::kIo, "cannot be listed: " + error.message(), folder.string());
  return names;
}

/// The numbers of names that differ in their last run of digits alone; empty where they differ
/// otherwise too.
std::vector<int64_t> NumbersOf(const std::vector<std::string>& names) {
  std::vector<int64_t> numbers;
  std::string common;
  for (const std::string& name : names) {
    const size_t dot = std::min(name.rfind('.'), name.size());
    size_t end = dot;
    while (end > 0 && !IsDigit(name[end - 1])) --end;
    size_t begin = end;
    while (begin > 0 && IsDigit(name[begin - 1])) --begin;
    const std::string rest = name.substr(0, begin) + '/' + name.substr(end);
    const auto number = NumberOf(std::string_view(name).substr(begin, end - begin));
    if (!number || (!numbers.empty() && (rest != common || *number <= numbers.back()))) return {};
    common = rest;
    numbers.push_back(*number);
  }
  return numbers;
}

Result<PictureFiles> PicturesOfFolder(const fs::path& folder) {
  auto names = NamesIn(folder);
  if (!names) return std::unexpected(names.error());
  std::erase_if(*names, [](const std::string& name) {
    return name.starts_with('.') || !HasPictureEnding(name);
  });
  std::set<std::string> kinds;
  for (const std::string& name : *names) kinds.insert("." + KindOf(name));
  if (kinds.empty()) {
    return Fail(Code::kInvalidArgument,
                "is a folder without pictures; name a video or a picture sequence",
                folder.string());
  }
  if (kinds.size() > 1) {
    return Fail(Code::kInvalidArgument,
                fmt::format("has pictures in several formats ({}); name one picture sequence by "
                            "its numbers, such as '{}/%05d{}'",
                            fmt::join(kinds, ", "), PathForPeople(folder), *kinds.begin()),
                folder.string());
  }
  std::ranges::sort(*names, NaturalLess);
  PictureFiles pictures{.files = {}, .numbers = NumbersOf(*names)};
  for (const std::string& name : *names) pictures.files.push_back(folder / name);
  return pictures;
}

/// What to write instead of a pattern that matches nothing: the same with the digits that are
/// there.
std::string Advice(const NumberedName& name, const std::vector<std::string>& names) {
  NumberedName any = name;
  for (any.width = 1; any.width <= kMostDigits; ++any.width) {
    const auto matches = [&any](const std::string& text) { return Match(any, text).has_value(); };
    if (std::ranges::none_of(names, matches)) continue;
    const std::string digits = any.width == 1 ? "%d" : fmt::format("%0{}d", any.width);
    return fmt::format("; there are files for '{}'",
                       PathForPeople(any.prefix + digits + any.suffix));
  }
  return "; check the name";
}

Result<PictureFiles> PicturesOfPattern(const fs::path& path, const NumberedName& name) {
  const fs::path folder = path.parent_path();
  const auto names = NamesIn(folder);
  if (!names) return std::unexpected(names.error());
  std::vector<std::pair<int64_t, fs::path>> found;
  for (const std::string& text : *names) {
    if (const auto number = Match(name, text)) found.emplace_back(*number, folder / text);
  }
  if (found.empty()) {
    return Fail(Code::kInvalidArgument, "no picture matches this name" + Advice(name, *names),
                path.string());
  }
  std::ranges::sort(found);
  PictureFiles pictures;
  for (auto& [number, file] : found) {
    pictures.numbers.push_back(number);
    pictures.files.push_back(std::move(file));
  }
  return pictures;
}

}  // namespace

bool HasPictureEnding(const fs::path& path) {
  constexpr auto kEndings = std::to_array<std::string_view>(
      {"bmp", "dpx", "exr", "j2k", "jp2", "jpg", "pam", "pbm", "pcx", "pgm", "png", "ppm", "qoi",
       "sgi", "tga", "tif", "webp"});
  return std::ranges::find(kEndings, KindOf(path)) != kEndings.end();
}

bool NamesPictures(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (fs::is_directory(status)) return true;
  if (fs::exists(fs::symlink_status(path, error))) return false;
  return HasPictureEnding(path) && ParseNumberedName(path.filename().native()).has_value();
}

Result<PictureFiles> ListPictures(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return PicturesOfFolder(path);
  const auto name = ParseNumberedName(path.filename().native());
  if (!name) return Fail(Code::kInvalidArgument, "does not name a picture sequence", path.string());
  return PicturesOfPattern(path, *name);
}

std::string MissingNumbers(const PictureFiles& pictures) {
  const std::vector<int64_t>& numbers = pictures.numbers;
  int64_t step = std::numeric_limits<int64_t>::max();
  for (size_t i = 1; i < numbers.size(); ++i) step = std::min(step, numbers[i] - numbers[i - 1]);
  constexpr size_t kMostNamed = 5;
  std::vector<std::string> gaps;
  size_t more = 0;
  for (size_t i = 1; i < numbers.size(); ++i) {
    const int64_t first = numbers[i - 1] + step;
    const int64_t last = numbers[i] - step;
    if (first > last) continue;
    if (gaps.size() == kMostNamed) {
      ++more;
    } else {
      gaps.push_back(first == last ? fmt::format("{}", first)
                                   : fmt::format("{} to {}", first, last));
    }
  }
  if (gaps.empty()) return "";
  std::string text = fmt::format("{}", fmt::join(gaps, ", "));
  if (more > 0) text += fmt::format(" and {} more gaps", more);
  const bool one = gaps.size() == 1 && gaps.front().find(' ') == std::string::npos;
  return (one ? "number " : "numbers ") + text + (one ? " is missing" : " are missing");
}

std::optional<PictureNumbering> NumberingOf(const PictureFiles& pictures) {
  const std::vector<int64_t>& numbers = pictures.numbers;
  if (numbers.empty() || numbers.size() != pictures.files.size()) return std::nullopt;
  const std::string name = pictures.files.front().filename().native();
  // The number is the last run of digits before the ending, as NumbersOf() reads it; a pattern's
  // may be another one.
  for (size_t end = name.size(); end > 0; --end) {
    if (!IsDigit(name[end - 1])) continue;
    size_t begin = end;
    while (begin > 0 && IsDigit(name[begin - 1])) --begin;
    const auto number = NumberOf(std::string_view(name).substr(begin, end - begin));
    if (number == numbers.front()) {
      PictureNumbering found{.folder = pictures.files.front().parent_path(),
                             .prefix = name.substr(0, begin),
                             .suffix = name.substr(end),
                             .first = numbers.front()};
      if (numbers.size() > 1) found.step = numbers[1] - numbers[0];
      found.padding = name[begin] == '0' && end - begin > 1 ? static_cast<int>(end - begin) : 0;
      for (size_t i = 1; i < numbers.size(); ++i) {
        if (numbers[i] - numbers[i - 1] != found.step) return std::nullopt;
      }
      return found;
    }
    end = begin + 1;
  }
  return std::nullopt;
}

std::string PictureStem(const fs::path& path) {
  std::error_code error;
  fs::path absolute = fs::absolute(path, error).lexically_normal();
  if (!absolute.has_filename()) absolute = absolute.parent_path();
  if (fs::is_directory(absolute, error)) return absolute.filename().native();
  const auto name = ParseNumberedName(absolute.stem().native());
  if (!name) return absolute.stem().native();
  const auto between = [](char c) { return c == '_' || c == '-' || c == '.' || c == ' '; };
  std::string stem = name->prefix;
  while (!stem.empty() && between(stem.back())) stem.pop_back();
  stem += name->suffix;
  const auto first = std::ranges::find_if_not(stem, between);
  stem.erase(stem.begin(), name->prefix.empty() ? first : stem.begin());
  return stem.empty() ? absolute.parent_path().filename().native() : stem;
}

bool NaturalLess(std::string_view a, std::string_view b) {
  size_t i = 0;
  size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (!IsDigit(a[i]) || !IsDigit(b[j])) {
      if (a[i] != b[j]) return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[j]);
      ++i;
      ++j;
      continue;
    }
    const auto run = [](std::string_view text, size_t& at) {
      while (at < text.size() && text[at] == '0') ++at;
      const size_t begin = at;
      while (at < text.size() && IsDigit(text[at])) ++at;
      return text.substr(begin, at - begin);
    };
    const std::string_view one = run(a, i);
    const std::string_view other = run(b, j);
    if (one.size() != other.size()) return one.size() < other.size();
    if (one != other) return one < other;
  }
  const size_t left = a.size() - i;
  const size_t right = b.size() - j;
  return left != right ? left < right : a < b;
}

}  // namespace reelbatch::base
