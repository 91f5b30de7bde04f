#include "eval/scenes.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>

#include "base/json_fields.h"
#include "eval/figures.h"

namespace reelbatch::eval {
namespace {

struct Video {
  std::vector<Span> truth;
  std::vector<Span> predicted;
};

/// From the last frame of each scene to the first of the next.
std::vector<Span> TransitionsOf(base::JsonFields& fields, std::string_view key) {
  const base::Json& scenes = fields.At(key);
  bool sound = scenes.is_array();
  std::vector<Span> transitions;
  for (size_t i = 0; sound && i < scenes.size(); ++i) {
    sound = scenes[i].is_array() && scenes[i].size() == 2 && scenes[i][0].is_number_integer() &&
            scenes[i][1].is_number_integer();
    if (sound && i > 0)
      transitions.push_back(
          {.start = scenes[i - 1][1].get<int64_t>(), .end = scenes[i][0].get<int64_t>()});
  }
  if (!sound) fields.Reject(key, "a list of [first frame, last frame]");
  return transitions;
}

FixtureRow CheckRow(base::JsonFields& expected, int tolerance, const std::vector<Video>& videos) {
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

std::vector<FixtureRow> CheckAll(base::JsonFields& fields) {
  std::vector<Video> videos;
  for (auto& [id, video] : fields.Object("videos").Members())
    videos.push_back({TransitionsOf(video, "gt"), TransitionsOf(video, "pred")});
  std::vector<FixtureRow> rows;
  for (auto& [key, row] : fields.Object("expected").Members()) {
    int tolerance = 0;
    const auto [stop, code] = std::from_chars(key.data(), key.data() + key.size(), tolerance);
    if (code != std::errc() || *stop != '\0')
      fields.Fail("expected", "must be by tolerance: \"0\", \"1\", ...");
    rows.push_back(CheckRow(row, tolerance, videos));
  }
  if (videos.empty() || rows.empty())
    fields.Fail("videos", "must hold a video, and `expected` a tolerance");
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
  return base::ReadObject(json, name, CheckAll);
}

}  // namespace reelbatch::eval
