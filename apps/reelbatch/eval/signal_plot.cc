#include "apps/reelbatch/eval/signal_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
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
  std::string_view values;     // names of the signals
  std::string_view threshold;  // empty: `line` at every pair
  double line;
  double least_top;  // of the scale, where all values are smaller
};

constexpr std::array kCurves = {Curve{"histogram L1", "hist_diff_l1", "threshold_hist", 0, 0.5},
                                Curve{"1 - SSIM", "ssim_drop", "threshold_ssim", 0, 0.5},
                                Curve{"flow", "flow_mag", "threshold_flow", 0, 2},
                                Curve{"hard score", "hard_score", "", 1, 1.5}};

class Plot {
 public:
  Plot(const contracts::EventList& cuts, int64_t from, int64_t to)
      : cuts_(cuts),
        signals_(cuts.signals ? *cuts.signals : none_),
        from_(static_cast<double>(from)),
        step_(kWidth / std::max(1.0, static_cast<double>(to - from))) {
    const std::vector<contracts::FrameIndex>& frames = signals_.timeline.frame_indices;
    first_ = static_cast<size_t>(std::ranges::lower_bound(frames, from) - frames.begin());
    last_ = static_cast<size_t>(std::ranges::upper_bound(frames, to) - frames.begin());
  }

  std::string Draw(const eval::Span& marked) {
    const double height = kTop + static_cast<double>(kCurves.size()) * (kRow + kGap);
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
    for (const Curve& curve : kCurves) {
      svg += Row(curve, base);
      base += kRow + kGap;
    }
    return svg + Ticks(height + 10) + "</svg>";
  }

 private:
  const std::vector<float>& Values(std::string_view name) const {
    static const std::vector<float> kNone;
    const std::vector<float>* const found = signals_.Find(name);
    return found == nullptr ? kNone : *found;
  }
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
    const auto& frames = signals_.timeline.frame_indices;
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
    const std::vector<float>& values = Values(curve.values);
    for (size_t pair = first_; pair + 1 < last_ && pair < values.size(); ++pair) {
      const double value = values[pair];
      if (value > top) top = value;
    }
    std::string svg = fmt::format(
        R"(<text x="{:.0f}" y="{:.1f}" class="end">{}</text><text x="{:.0f}" y="{:.1f}" class="end">{:.2g}</text>)"
        R"(<path class="axis" d="M{:.1f},{:.1f}h{:.1f}"/>)",
        kLeft - 8, base - kRow / 2, curve.label, kLeft - 8, base - kRow + 8, top, kLeft, base,
        kWidth);
    if (!curve.threshold.empty()) {
      svg += Path(Values(curve.threshold), top, base, "line");
    } else {
      svg += fmt::format(R"(<path class="line" d="M{:.1f},{:.1f}h{:.1f}"/>)", kLeft,
                         base - kRow * curve.line / top, kWidth);
    }
    return svg + Path(values, top, base, "signal");
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

  const contracts::FrameSignals none_;
  const contracts::EventList& cuts_;
  const contracts::FrameSignals& signals_;
  const double from_;
  const double step_;  // px per frame
  size_t first_ = 0;   // timeline frames [first_, last_) are drawn
  size_t last_ = 0;
};

}  // namespace

std::vector<std::string_view> PlottedSignals() {
  std::vector<std::string_view> names;
  for (const Curve& curve : kCurves) {
    names.push_back(curve.values);
    if (!curve.threshold.empty()) names.push_back(curve.threshold);
  }
  return names;
}

std::string SignalPlot(const contracts::EventList& cuts, int64_t from, int64_t to,
                       const eval::Span& marked) {
  return Plot(cuts, from, to).Draw(marked);
}

}  // namespace reelbatch::app
