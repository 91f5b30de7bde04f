#include "apps/reelbatch/crop_option.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "apps/reelbatch/option_values.h"
#include "apps/reelbatch/terminal.h"

namespace reelbatch::app {
namespace {

constexpr int kLeastSide = 16;    // px: the SSIM window is 7 px wide and needs an inside
constexpr int kMostSide = 16384;  // px: the codecs' own bound
constexpr std::string_view kOrder =
    "--crop takes X:Y:W:H: left column, top row, width and height of the part, in pixels "
    "(ffmpeg's crop filter has another order, W:H:X:Y)";

std::unexpected<base::Error> RefuseCropOption(const std::string& text, std::string_view why) {
  return base::Fail(base::Code::kInvalidArgument,
                    fmt::format("'{}' {}; {}", OneLine(text), why, kOrder));
}

std::vector<std::string> SplitAtColons(const std::string& text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (c == ':') {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  return words;
}

}  // namespace

base::Result<contracts::CropRect> ParseCrop(const std::string& text) {
  const std::vector<std::string> words = SplitAtColons(text);
  constexpr std::array kNames = {"X", "Y", "W", "H"};
  if (words.size() != kNames.size())
    return RefuseCropOption(text, fmt::format("has {} of 4 numbers", words.size()));
  std::array<int, kNames.size()> values{};
  for (size_t i = 0; i < kNames.size(); ++i) {
    const int low = i < 2 ? 0 : kLeastSide;
    const int high = i < 2 ? kMostSide - kLeastSide : kMostSide;
    const auto value = ParseInteger(words[i], low, high);
    if (!value)
      return RefuseCropOption(
          text, fmt::format("is not a crop: {} {}", kNames[i], value.error().message));
    values[i] = *value;
  }
  return contracts::CropRect{
      .x = values[0], .y = values[1], .width = values[2], .height = values[3]};
}

Option CropOption(std::optional<contracts::CropRect>& target) {
  Option option{.name = "crop",
                .value_name = "X:Y:W:H",
                .help =
                    "Analyse only this part of the frames: left, top, width and height in pixels "
                    "of the decoded frame, before rotation and scaling; images and split files "
                    "keep the whole frame (default: the whole frame)"};
  option.set = [&target](const std::string& text) -> base::Status {
    const auto crop = ParseCrop(text);
    if (!crop) return std::unexpected(crop.error());
    target = *crop;
    return {};
  };
  return option;
}

}  // namespace reelbatch::app
