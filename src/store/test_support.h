#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/test_folder.h"
#include "contracts/outcome.h"
#include "store/cuts_document.h"
#include "store/folder_layout.h"
#include "store/identity.h"

namespace reelbatch::store::testing {

using base::testing::Slurp;
using base::testing::TempFolder;

inline constexpr std::string_view kNpzFile = "cut_detection/cut_detection.npz";
inline constexpr std::string_view kCutsFile = "cut_detection/cuts.json";

/// The events of an outcome that has any.
inline contracts::EventList& EventsIn(contracts::VideoOutcome& outcome) {
  return *outcome.results.at("cut_detection").events;
}

/// Every file and folder below `root` but .reelbatch, by relative path, with content.
inline std::map<std::string, std::string> TreeOf(const std::filesystem::path& root) {
  std::map<std::string, std::string> tree;
  for (auto entry = std::filesystem::recursive_directory_iterator(root);
       entry != std::filesystem::recursive_directory_iterator(); ++entry) {
    if (entry->path().filename() == ".reelbatch") {
      entry.disable_recursion_pending();
      continue;
    }
    tree[entry->path().lexically_relative(root).native()] =
        entry->is_directory() ? "folder" : Slurp(entry->path());
  }
  return tree;
}

/// What apps tell the store of a run of cut_detection alone.
inline std::vector<StoredComponent> CutsAlone(const contracts::RunConfig& config = {},
                                              const std::string& version = "1") {
  return {{.name = "cut_detection",
           .version = version,
           .schema = "cut_detection_model_facing_npz_v1",
           .npz = std::string(kNpzFile),
           .document = CutsFile(std::string(kCutsFile)),
           .config = CanonicalJson(config),
           .uses = {}}};
}

/// Three shots of a 25 fps video whose clock starts at 1.4 s: cuts at frames 2 and 4 of 6.
inline contracts::VideoOutcome SampleOutcome() {
  contracts::VideoOutcome outcome;
  contracts::VideoInfo& info = outcome.info.emplace();
  info.codec = "h264";
  info.width = 1280;
  info.height = 720;
  info.avg_fps = {25, 1};
  info.nominal_fps = {25, 1};
  info.start_time_s = 1.4;
  info.player_start_s = 1.4;
  info.duration_s = 0.24;
  info.frames_expected = 6;
  contracts::DecodeReport& decode = outcome.decode.emplace();
  decode.frames_decoded = 6;
  decode.frames_expected = 6;
  decode.rate = {25, 1};
  contracts::ComponentResult& result = outcome.results["cut_detection"];
  result.preset = "default";
  result.preset_reason = "S=720";
  result.knobs = R"({"decision":"adaptive"})";
  result.meta = R"({"knobs":{"decision":"adaptive","min_confidence":0.5}})";
  result.notes = {"just a test"};
  contracts::EventList& cuts = result.events.emplace();
  cuts.width = 1280;
  cuts.height = 720;
  cuts.timeline_frames = 6;
  const auto time = [](contracts::FrameIndex frame) {
    return static_cast<double>(35 + frame) / 25.0;
  };
  std::vector<double> times;
  for (int frame = 0; frame < 6; ++frame) times.push_back(time(frame));
  result.arrays = {contracts::MakeTensor("frame_indices", std::vector<int32_t>{0, 1, 2, 3, 4, 5}),
                   contracts::MakeTensor("times_s_f64", times),
                   contracts::MakeTensor("hist_diff_l1", std::vector<float>{0, 1.5F, 0, 1.25F, 0}),
                   contracts::MakeTensor("ssim_drop", std::vector<float>{0, 0.5F, 0, 0.75F, 0}),
                   contracts::MakeTensor("flow_mag", std::vector<float>{0, 8, 0, 9, 0}),
                   contracts::MakeTensor("hard_score", std::vector<float>{0, 3, 0, 3, 0})};
  for (const int frame : {2, 4}) {
    cuts.events.push_back({.type = contracts::EventType::kHard,
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
  for (contracts::FrameIndex i = 0; i < 3; ++i) {
    cuts.shots.push_back({.index = static_cast<int>(i),
                          .start_frame = 2 * i,
                          .end_frame = 2 * i + 2,
                          .start_s = time(2 * i),
                          .end_s = time(2 * i + 2)});
  }
  cuts.warnings = {"just a test"};
  return outcome;
}

/// A readable video of `frames` frames in which nothing was found.
inline contracts::VideoOutcome EmptyOutcome(int frames) {
  contracts::VideoOutcome outcome = SampleOutcome();
  outcome.status = contracts::VideoStatus::kEmpty;
  outcome.empty_reason = contracts::EmptyReason::kVideoTooShort;
  outcome.decode->frames_decoded = frames;
  contracts::ComponentResult& result = outcome.results["cut_detection"];
  result.arrays.clear();
  contracts::EventList& cuts = result.events.emplace();
  cuts.timeline_frames = frames;
  if (frames > 0) {
    cuts.shots = {{.index = 0, .start_frame = 0, .end_frame = frames, .start_s = 0, .end_s = 0.04}};
  }
  return outcome;
}

inline contracts::VideoOutcome ErrorOutcome(const std::string& reason) {
  contracts::VideoOutcome outcome;
  outcome.status = contracts::VideoStatus::kError;
  outcome.fault = contracts::Fault{contracts::FaultCode::kVideoUnreadable, reason};
  return outcome;
}

}  // namespace reelbatch::store::testing
