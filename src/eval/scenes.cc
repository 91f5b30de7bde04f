#include "eval/scenes.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>

#include "eval/figures.h"
#include "eval/json_reader.h"

namespace reelbatch::eval {
namespace {

struct Video {
  std::vector<Span> truth;
  std::vector<Span> predicted;
};

/// From the last frame of each scene to the first of the next.
std::vector<Span> TransitionsOf(const Fields& fields, std::string_view key) {
  const Json& scenes = fields.At(key);
  if (!scenes.is_array()) fields.Reject(key, "a list of scenes");
  std::vector<Span> transitions;
  for (size_t i = 0; i < scenes.size(); ++i) {
    const bool pair = scenes[i].is_array() && scenes[i].size() == 2 &&
                      scenes[i][0].is_number_integer() && scenes[i][1].is_number_integer();
    if (!pair) fields.Reject(key, "a list of [first frame, last frame]");
    if (i > 0)
      transitions.push_back(
          {.start = scenes[i - 1][1].get<int64_t>(), .end = scenes[i][0].get<int64_t>()});
  }
  return transitions;
}

FixtureRow CheckRow(const Fields& expected, int tolerance, const std::vector<Video>& videos) {
  FixtureRow row{.tolerance = tolerance,
                 .expected = {.tp = expected.Integer("tp"),
                              .fp = expected.Integer("fp"),
                              .fn = expected.Integer("fn")},
                 .expected_f1 = expected.Number("f1"),
                 .found = {}};
  for (const Video& video : videos) {
    const Counts counts = SweepScenes(video.truth, video.predicted, tolerance);
    row.found.tp += counts.tp;
    row.found.fp += counts.fp;
    row.found.fn += counts.fn;
  }
  constexpr double kHalfOfTheFourthDecimal = 5e-5;
  row.agrees = row.found == row.expected &&
               std::abs(F1(row.found).value_or(0) - row.expected_f1) <= kHalfOfTheFourthDecimal;
  return row;
}

std::vector<FixtureRow> CheckAll(const Fields& fields, const std::string& name) {
  std::vector<Video> videos;
  for (const auto& [id, value] : fields.At("videos").items()) {
    const Fields video(value, fmt::format("{}: videos: {}", name, id));
    videos.push_back({TransitionsOf(video, "gt"), TransitionsOf(video, "pred")});
  }
  std::vector<FixtureRow> rows;
  for (const auto& [key, value] : fields.At("expected").items()) {
    int tolerance = 0;
    const auto [stop, code] = std::from_chars(key.data(), key.data() + key.size(), tolerance);
    if (code != std::errc() || *stop != '\0')
      fields.Reject("expected", "by tolerance: \"0\", \"1\", ...");
    rows.push_back(
        CheckRow(Fields(value, fmt::format("{}: expected: {}", name, key)), tolerance, videos));
  }
  if (videos.empty() || rows.empty()) fields.Reject("videos", "there, and `expected` not empty");
  return rows;
}

}  // namespace

Counts SweepScenes(const std::vector<Span>& truth, const std::vector<Span>& predicted,
                   double tolerance) {
  const double s = tolerance / 2;
  const auto start = [s](const Span& span) { return static_cast<double>(span.start) + 0.5 - s; };
  const auto end = [s](const Span& span) { return static_cast<double>(span.end) - 0.5 + s; };
  Counts counts;
  size_t i = 0;
  size_t j = 0;
  while (i < truth.size() || j < predicted.size()) {
    const bool truths_left = i < truth.size();
    const bool predictions_left = j < predicted.size();
    if (!truths_left || (predictions_left && end(predicted[j]) < start(truth[i]))) {
      ++counts.fp, ++j;
    } else if (!predictions_left || start(predicted[j]) > end(truth[i])) {
      ++counts.fn, ++i;
    } else {
      ++counts.tp, ++i, ++j;
    }
  }
  return counts;
}

base::Result<std::vector<FixtureRow>> CheckFixture(std::string_view json, std::string_view name) {
  const auto document = ParseObject(json, name);
  if (!document) return std::unexpected(document.error());
  try {
    return CheckAll(Fields(*document, std::string(name)), std::string(name));
  } catch (const FieldError& error) {
    return std::unexpected(error.error);
  }
}

}  // namespace reelbatch::eval
