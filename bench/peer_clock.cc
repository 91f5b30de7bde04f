// Runs our kernels and parts over the frames of one file of raw yuv420p, on demand, so that
// peers.py can interleave them with their baselines on the same planes: the clock runs inside,
// around the work alone.
//
// usage: peer_clock FRAMES.yuv WIDTH HEIGHT      a command per line on stdin, an answer of JSON per
// line on stdout
//   time NAME     {"ms": milliseconds per pair of frames, all pairs once}
//   values NAME   {"values": [one number per pair]}
//   planes NAME FILE   writes the luma planes that the kernel sees, {"width": w, "height": h}
// NAME: hist ssim flow (kernels), hard soft motion all (the parts, all frames through the
// component)
#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "components/cut_detection/cut_detection.h"
#include "components/meter_set.h"
#include "image/frame.h"
#include "vision/farneback.h"
#include "vision/histogram.h"
#include "vision/luma.h"
#include "vision/simd.h"
#include "vision/ssim.h"

namespace {

using namespace reelbatch;
using Json = nlohmann::json;
using Planes = std::vector<image::Plane<uint8_t>>;

class PeerClock {
 public:
  PeerClock(const std::string& path, int width, int height) : width_(width), height_(height) {
    std::ifstream file(path, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(file), {});
    const size_t size = FrameBytes();
    for (size_t at = 0; at + size <= bytes_.size(); at += size) frames_.push_back(View(at));
    const components::CutKnobs knobs = components::KnobsOf(contracts::Preset::kDefault);
    ssim_planes_ = Downscale(knobs.ssim_max_side);
    flow_planes_ = Downscale(knobs.flow_max_side);
  }

  size_t frames() const { return frames_.size(); }

  /// One number per pair.
  std::vector<double> Run(const std::string& name) {
    if (name == "hist") return Histograms();
    if (name == "ssim") return Ssims();
    if (name == "flow") return Flows();
    if (name == "hard") return Part({.hard = true, .soft = false, .motion = false});
    if (name == "soft") return Part({.hard = false, .soft = true, .motion = false});
    if (name == "motion") return Part({.hard = false, .soft = false, .motion = true});
    if (name == "all") return Part({.hard = true, .soft = true, .motion = true});
    return {};
  }

  const Planes* PlanesOf(const std::string& name) const {
    if (name == "ssim") return &ssim_planes_;
    return name == "flow" ? &flow_planes_ : nullptr;
  }

 private:
  size_t FrameBytes() const {
    const auto chroma =
        static_cast<size_t>((width_ + 1) / 2) * static_cast<size_t>((height_ + 1) / 2);
    return static_cast<size_t>(width_) * static_cast<size_t>(height_) + 2 * chroma;
  }

  image::FrameView View(size_t at) const {
    const auto* data = reinterpret_cast<const uint8_t*>(bytes_.data()) + at;
    const int chroma_width = (width_ + 1) / 2;
    const int chroma_height = (height_ + 1) / 2;
    const ptrdiff_t luma = ptrdiff_t{width_} * height_;
    const ptrdiff_t chroma = ptrdiff_t{chroma_width} * chroma_height;
    image::FrameView view;
    view.y = {data, width_, height_, width_};
    view.u = {data + luma, chroma_width, chroma_height, chroma_width};
    view.v = {data + luma + chroma, chroma_width, chroma_height, chroma_width};
    view.chroma_shift_x = 1;
    view.chroma_shift_y = 1;
    view.bt709 = height_ >= 720;
    return view;
  }

  Planes Downscale(int max_side) const {
    Planes planes(frames_.size());
    vision::LumaScaler scaler;
    const vision::Size size = vision::FitMaxSide(width_, height_, max_side);
    for (size_t i = 0; i < frames_.size(); ++i) scaler.Downscale(frames_[i], size, planes[i]);
    return planes;
  }

  std::vector<double> Histograms() const {
    std::vector<double> values;
    vision::ValueHistogram before = vision::ValueHistogramOf(frames_[0]);
    for (size_t i = 1; i < frames_.size(); ++i) {
      const vision::ValueHistogram now = vision::ValueHistogramOf(frames_[i]);
      values.push_back(vision::HistogramL1(before, now));
      before = now;
    }
    return values;
  }

  std::vector<double> Ssims() const {
    std::vector<double> values;
    vision::Ssim ssim;
    for (size_t i = 1; i < ssim_planes_.size(); ++i) {
      values.push_back(ssim(ssim_planes_[i - 1].view(), ssim_planes_[i].view(),
                            vision::SsimRange::kSecondFrame));
    }
    return values;
  }

  std::vector<double> Flows() const {
    std::vector<double> values;
    vision::FarnebackFlow flow;
    for (const auto& plane : flow_planes_) {
      if (flow.Push(plane.view())) values.push_back(flow.mean_magnitude());
    }
    return values;
  }

  /// Every frame through the component; the histogram's distances are what every part has.
  std::vector<double> Part(components::CutParts parts) const {
    components::CutKnobs knobs = components::KnobsOf(contracts::Preset::kDefault);
    knobs.parts = parts;
    std::vector<std::unique_ptr<components::Component>> component;
    component.push_back(components::MakeCutDetection(knobs));
    components::MeterSet meters(component);
    const components::FrameMeasures measures = meters.NewMeasures();
    contracts::VideoOutcome outcome;
    for (size_t i = 0; i < frames_.size(); ++i) {
      const auto index = static_cast<contracts::FrameIndex>(i);
      const image::StampedFrame frame{
          .view = frames_[i], .index = index, .pts_s = static_cast<double>(i) / 25};
      (void)meters.meter(0).Measure(frame, *measures[0]);
      (void)component[0]->Take(frame.stamp(), *measures[0]);
    }
    (void)component[0]->Close({}, outcome);
    const auto& signal = outcome.cuts->signals.hist_diff_l1;
    return {signal.begin(), signal.end()};
  }

  int width_;
  int height_;
  std::string bytes_;
  std::vector<image::FrameView> frames_;
  Planes ssim_planes_;
  Planes flow_planes_;
};

Json Answer(PeerClock& clock, const std::string& line) {
  std::istringstream words(line);
  std::string command;
  std::string name;
  std::string file;
  words >> command >> name >> file;
  if (command == "planes") {
    const Planes* const planes = clock.PlanesOf(name);
    if (planes == nullptr) return {{"error", "no planes of " + name}};
    std::ofstream out(file, std::ios::binary);
    for (const auto& plane : *planes) {
      for (int y = 0; y < plane.height(); ++y) {
        out.write(reinterpret_cast<const char*>(plane.row(y)), plane.width());
      }
    }
    return {{"width", planes->front().width()}, {"height", planes->front().height()}};
  }
  const auto begin = std::chrono::steady_clock::now();
  const std::vector<double> values = clock.Run(name);
  const std::chrono::duration<double, std::milli> elapsed =
      std::chrono::steady_clock::now() - begin;
  if (values.empty()) return {{"error", "unknown name or too few frames: " + name}};
  if (command == "values") return {{"values", values}};
  return {{"ms", elapsed.count() / static_cast<double>(values.size())}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr, "usage: peer_clock FRAMES.yuv WIDTH HEIGHT\n");
    return 2;
  }
  PeerClock clock(argv[1], std::stoi(argv[2]), std::stoi(argv[3]));
  if (clock.frames() < 2) {
    fmt::print(stderr, "peer_clock: {}: fewer than two frames of {}x{}\n", argv[1], argv[2],
               argv[3]);
    return 2;
  }
  std::cout << Json{{"frames", clock.frames()}, {"simd", vision::SimdName()}} << std::endl;
  for (std::string line; std::getline(std::cin, line);)
    std::cout << Answer(clock, line) << std::endl;
  return 0;
}
