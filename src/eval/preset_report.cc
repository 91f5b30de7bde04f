#include "eval/preset_report.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "eval/figures.h"
#include "eval/matching.h"

namespace reelbatch::eval {
namespace {

using base::Json;

/// As many as the origin's reports list.
constexpr size_t kMostMatches = 50;

std::vector<std::optional<size_t>> Match(const std::vector<double>& reference,
                                         const std::vector<double>& predicted, double tolerance_s) {
  return MaximumMatching(reference.size(), predicted.size(),
                         [&](size_t i, size_t j) -> std::optional<double> {
                           const double far = std::abs(reference[i] - predicted[j]);
                           if (far > tolerance_s) return std::nullopt;
                           return far;
                         });
}

Json Figures(const Counts& counts) {
  const auto real = [](int64_t n) { return static_cast<double>(n); };
  return {{"ref_n", counts.tp + counts.fn},
          {"pred_n", counts.tp + counts.fp},
          {"tp", counts.tp},
          {"fp", counts.fp},
          {"fn", counts.fn},
          {"precision", base::ValueOrNull(Ratio(real(counts.tp), real(counts.tp + counts.fp)))},
          {"recall", base::ValueOrNull(Ratio(real(counts.tp), real(counts.tp + counts.fn)))},
          {"f1", base::ValueOrNull(F1(counts))}};
}

Json Comparison(const std::vector<double>& reference, const std::vector<double>& predicted,
                double tolerance_s) {
  Json json{{"tol_s", tolerance_s}};
  json.update(Figures(CompareTimes(reference, predicted, tolerance_s)));
  json["matches"] = Json::array();
  const auto partners = Match(reference, predicted, tolerance_s);
  for (size_t i = 0; i < partners.size() && json["matches"].size() < kMostMatches; ++i) {
    if (const auto partner = partners[i])
      json["matches"].push_back({{"ref_s", reference[i]}, {"pred_s", predicted[*partner]}});
  }
  return json;
}

Json VideoOf(const PresetTimes& video, const std::string& reference,
             std::map<std::string, Counts>& stitched) {
  Json json{{"video_id", video.video_id},       {"video_path", video.video_path},
            {"subset_n", video.frames},         {"subset_policy", "all"},
            {"tol_s", video.tolerance_s},       {"ref", reference},
            {"preset_results", Json::object()}, {"comparisons_vs_ref", Json::object()}};
  for (const auto& [preset, times] : video.times_s) {
    json["preset_results"][preset] = {
        {"events_n", times.size()}, {"event_times_s", times}, {"task", "cuts"}};
    if (preset == reference) continue;
    const std::vector<double>& known = video.times_s.at(reference);
    json["comparisons_vs_ref"][preset] = Comparison(known, times, video.tolerance_s);
    const Counts counts = CompareTimes(known, times, video.tolerance_s);
    Counts& sum = stitched[preset];
    sum.tp += counts.tp;
    sum.fp += counts.fp;
    sum.fn += counts.fn;
  }
  return json;
}

}  // namespace

double ToleranceSeconds(std::vector<double> pts_s) {
  constexpr double kLeast = 0.05;
  constexpr double kSteps = 1.5;
  if (pts_s.size() < 2) return kLeast;
  std::vector<double> steps;
  for (size_t i = 1; i < pts_s.size(); ++i) steps.push_back(pts_s[i] - pts_s[i - 1]);
  const auto middle = steps.begin() + static_cast<ptrdiff_t>(steps.size() / 2);
  std::ranges::nth_element(steps, middle);
  return std::max(kLeast, kSteps * *middle);
}

Counts CompareTimes(const std::vector<double>& reference, const std::vector<double>& predicted,
                    double tolerance_s) {
  const auto partners = Match(reference, predicted, tolerance_s);
  Counts counts;
  counts.tp =
      std::ranges::count_if(partners, [](const auto& partner) { return partner.has_value(); });
  counts.fn = static_cast<int64_t>(reference.size()) - counts.tp;
  counts.fp = static_cast<int64_t>(predicted.size()) - counts.tp;
  return counts;
}

base::Json PresetReport(const std::vector<PresetTimes>& videos, const std::string& reference,
                        const std::string& created_at, const std::string& analysis_size) {
  Json report{{"created_at", created_at},
              {"presets", Json::array()},
              {"notes",
               {{"events", "the first new frame of hard cuts, the middle of gradual transitions"},
                {"matching", "maximum, one to one"},
                {"analysis_size", analysis_size}}},
              {"videos", Json::array()}};
  if (!videos.empty()) {
    for (const auto& [preset, times] : videos.front().times_s) report["presets"].push_back(preset);
  }
  std::map<std::string, Counts> stitched;
  for (const PresetTimes& video : videos)
    report["videos"].push_back(VideoOf(video, reference, stitched));
  report["stitched"] = Json::object();
  for (const auto& [preset, counts] : stitched) report["stitched"][preset] = Figures(counts);
  return report;
}

}  // namespace reelbatch::eval
