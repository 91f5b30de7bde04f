#include "apps/reelbatch/eval/signal_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace reelbatch::app {
namespace {

constexpr double kWidth = 880;  // px
constexpr double kLeft = 90;    // room of the labels
constexpr double kRow = 54;
constexpr double kGap = 14;
constexpr double kTop = 20;

struct Curve {
  std::string_view label;
  const std::vector<float>* values;
  const std::vector<float>* threshold;  // null: `line` at every pair
  double line;
  double least_top;  // of the scale, where all values are smaller
};

class Plot {
 public:
  Plot(const contracts::CutDetectionResult& cuts, int64_t from, int64_t to)
      : cuts_(cuts),
        from_(static_cast<double>(from)),
        step_(kWidth / std::max(1.0, static_cast<double>(to - from))) {
    const std::vector<contracts::FrameIndex>& frames = cuts.timeline.frame_indices;
    first_ = static_cast<size_t>(std::ranges::lower_bound(frames, from) - frames.begin());
    last_ = static_cast<size_t>(std::ranges::upper_bound(frames, to) - frames.begin());
  }

  std::string Draw(const eval::Span& marked) {
    const contracts::PairSignals& s = cuts_.signals;
    const std::vector<Curve> curves = {{"histogram L1", &s.hist_diff_l1, &s.threshold_hist, 0, 0.5},
                                       {"1 - SSIM", &s.ssim_drop, &s.threshold_ssim, 0, 0.5},
                                       {"flow", &s.flow_mag, &s.threshold_flow, 0, 2},
                                       {"hard score", &s.hard_score, nullptr, 1, 1.5}};
    const double height = kTop + static_cast<double>(curves.size()) * (kRow + kGap);
    std::string svg =
        fmt::format(R"(<svg viewBox="0 0 {:.0f} {:.0f}" width="{:.0f}" height="{:.0f}">)",
                    kLeft + kWidth + 20, height + 14, kLeft + kWidth + 20, height + 14);
    svg += Band(marked.start, marked.end, height, "mark", "");
    for (const contracts::Event& event : cuts_.events) {
      if (!Visible(event)) continue;
      svg +=
          Band(event.start_frame, event.end_frame, height, "event",
               fmt::format("{} ({:.2f})", contracts::EventTypeName(event.type), event.confidence));
    }
    double base = kTop + kRow;
    for (const Curve& curve : curves) {
      svg += Row(curve, base);
      base += kRow + kGap;
    }
    return svg + Ticks(height + 10) + "</svg>";
  }

 private:
  double X(double frame) const { return kLeft + (frame - from_) * step_; }
  bool Visible(const contracts::Event& event) const {
    return X(static_cast<double>(event.end_frame)) >= kLeft &&
           X(static_cast<double>(event.start_frame)) <= kLeft + kWidth;
  }

  std::string Band(int64_t start, int64_t end, double height, std::string_view style,
                   const std::string& text) const {
    const double a = std::max(kLeft, X(static_cast<double>(start)));
    const double b = std::min(kLeft + kWidth, X(static_cast<double>(end)));
    return fmt::format(R"(<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>)"
                       R"(<text x="{:.1f}" y="12" class="middle">{}</text>)",
                       style, a, kTop - 4, std::max(2.0, b - a), height - kTop, (a + b) / 2, text);
  }

  /// Between its two frames.
  double Middle(size_t pair) const {
    const auto& frames = cuts_.timeline.frame_indices;
    return X(static_cast<double>(frames[pair] + frames[pair + 1]) / 2);
  }

  std::string Path(const std::vector<float>& values, double top, double base,
                   std::string_view style) const {
    std::string path;
    char pen = 'M';
    for (size_t pair = first_; pair + 1 < last_ && pair < values.size(); ++pair) {
      const double value = values[pair];
      if (std::isnan(value)) {
        pen = 'M';
        continue;
      }
      path += fmt::format("{}{:.1f},{:.1f}", pen, Middle(pair),
                          base - kRow * std::clamp(value / top, 0.0, 1.0));
      pen = 'L';
    }
    return fmt::format(R"(<path class="{}" d="{}"/>)", style, path);
  }

  std::string Row(const Curve& curve, double base) const {
    double top = curve.least_top;
    for (size_t pair = first_; pair + 1 < last_ && pair < curve.values->size(); ++pair) {
      const double value = (*curve.values)[pair];
      if (value > top) top = value;
    }
    std::string svg = fmt::format(
        R"(<text x="{:.0f}" y="{:.1f}" class="end">{}</text><text x="{:.0f}" y="{:.1f}" class="end">{:.2g}</text>)"
        R"(<path class="axis" d="M{:.1f},{:.1f}h{:.1f}"/>)",
        kLeft - 8, base - kRow / 2, curve.label, kLeft - 8, base - kRow + 8, top, kLeft, base,
        kWidth);
    if (curve.threshold != nullptr) {
      svg += Path(*curve.threshold, top, base, "line");
    } else {
      svg += fmt::format(R"(<path class="line" d="M{:.1f},{:.1f}h{:.1f}"/>)", kLeft,
                         base - kRow * curve.line / top, kWidth);
    }
    return svg + Path(*curve.values, top, base, "signal");
  }

  std::string Ticks(double y) const {
    std::string svg;
    const double frames = kWidth / step_;
    const double every = std::max(1.0, std::round(frames / 10));
    for (double frame = 0; frame <= frames; frame += every) {  // NOLINT: whole numbers below 2^53
      svg += fmt::format(R"(<text x="{:.1f}" y="{:.1f}" class="middle">{:.0f}</text>)",
                         X(from_ + frame), y, from_ + frame);
    }
    return svg;
  }

  const contracts::CutDetectionResult& cuts_;
  const double from_;
  const double step_;  // px per frame
  size_t first_ = 0;   // timeline frames [first_, last_) are drawn
  size_t last_ = 0;
};

}  // namespace

std::string SignalPlot(const contracts::CutDetectionResult& cuts, int64_t from, int64_t to,
                       const eval::Span& marked) {
  return Plot(cuts, from, to).Draw(marked);
}

}  // namespace reelbatch::app
