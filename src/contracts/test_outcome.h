#pragma once

#include <cstdint>
#include <vector>

#include "contracts/outcome.h"
#include "contracts/tensor.h"

namespace reelbatch::contracts::testing {

/// Three shots of a 25 fps video whose clock starts at 1.4 s: cuts at frames 2 and 4 of 6.
inline VideoOutcome SampleOutcome() {
  VideoOutcome outcome;
  VideoInfo& info = outcome.info.emplace();
  info.codec = "h264";
  info.width = 1280;
  info.height = 720;
  info.avg_fps = {25, 1};
  info.nominal_fps = {25, 1};
  info.start_time_s = 1.4;
  info.player_start_s = 1.4;
  info.duration_s = 0.24;
  info.frames_expected = 6;
  DecodeReport& decode = outcome.decode.emplace();
  decode.frames_decoded = 6;
  decode.frames_expected = 6;
  decode.rate = {25, 1};
  ComponentResult& result = outcome.results["cut_detection"];
  result.preset = "default";
  result.preset_reason = "S=720";
  result.knobs = R"({"decision":"adaptive"})";
  result.meta = R"({"knobs":{"decision":"adaptive","min_confidence":0.5}})";
  result.notes = {"just a test"};
  EventList& cuts = result.events.emplace();
  cuts.width = 1280;
  cuts.height = 720;
  cuts.timeline_frames = 6;
  const auto time = [](FrameIndex frame) { return static_cast<double>(35 + frame) / 25.0; };
  std::vector<double> times;
  for (int frame = 0; frame < 6; ++frame) times.push_back(time(frame));
  result.arrays = {MakeTensor("frame_indices", std::vector<int32_t>{0, 1, 2, 3, 4, 5}),
                   MakeTensor("times_s_f64", times),
                   MakeTensor("hist_diff_l1", std::vector<float>{0, 1.5F, 0, 1.25F, 0}),
                   MakeTensor("ssim_drop", std::vector<float>{0, 0.5F, 0, 0.75F, 0}),
                   MakeTensor("flow_mag", std::vector<float>{0, 8, 0, 9, 0}),
                   MakeTensor("hard_score", std::vector<float>{0, 3, 0, 3, 0})};
  for (const int frame : {2, 4}) {
    cuts.events.push_back({.type = EventType::kHard,
                           .pair_index = frame - 1,
                           .frame = frame,
                           .start_frame = frame - 1,
                           .end_frame = frame,
                           .time_s = time(frame),
                           .start_s = time(frame - 1),
                           .end_s = time(frame),
                           .confidence = 0.98F,
                           .strength = 3.1F,
                           .evidence = {.hist = true, .ssim = frame == 4, .flow = true},
                           .near_decode_error = frame == 4});
  }
  for (FrameIndex i = 0; i < 3; ++i) {
    cuts.shots.push_back({.index = static_cast<int>(i),
                          .start_frame = 2 * i,
                          .end_frame = 2 * i + 2,
                          .start_s = time(2 * i),
                          .end_s = time(2 * i + 2)});
  }
  cuts.warnings = {"just a test"};
  return outcome;
}

}  // namespace reelbatch::contracts::testing
