#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/json_text.h"
#include "base/test_folder.h"
#include "contracts/outcome.h"
#include "contracts/test_outcome.h"
#include "store/described_video.h"
#include "store/folder_layout.h"
#include "store/identity.h"

namespace reelbatch::store::testing {

using base::testing::Slurp;
using base::testing::TempFolder;
using contracts::testing::SampleOutcome;

inline constexpr std::string_view kNpzFile = "cut_detection/cut_detection.npz";
inline constexpr std::string_view kCutsFile = "cut_detection/cuts.json";

/// The events of an outcome that has any.
inline contracts::EventList& EventsIn(contracts::VideoOutcome& outcome) {
  return *outcome.results.at("cut_detection").events;
}

/// As exports get it.
inline contracts::EventList Described(const std::filesystem::path& video, std::string_view sha256,
                                      const contracts::VideoOutcome& outcome) {
  return DescribeVideo(video, sha256, outcome, *contracts::ResultWithEvents(outcome));
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

/// A document that keeps what run.json counts of a list of events, and reads it back.
inline contracts::ComponentDocument EventsDocument(std::string file) {
  return {.file = std::move(file),
          .make =
              [](const contracts::DocumentInput& input) {
                const contracts::EventList& list = input.events;
                base::Json frames = base::Json::array();
                for (const contracts::Event& event : list.events) frames.push_back(event.frame);
                return base::Pretty({{"video", list.video},
                                     {"codec", list.info.codec},
                                     {"frames_decoded", list.decode.frames_decoded},
                                     {"frames_expected", list.decode.frames_expected.value_or(-1)},
                                     {"decode_errors", list.decode.decode_errors},
                                     {"frames", frames},
                                     {"shots", list.shots.size()}});
              },
          .read = [](std::string_view text,
                     std::string_view name) -> base::Result<contracts::ComponentResult> {
            const base::Json document = base::Json::parse(text, nullptr, false);
            if (!document.is_object() || !document.contains("frames"))
              return base::Fail(base::Code::kCorrupt, "holds no frames", std::string(name));
            contracts::ComponentResult result;
            contracts::EventList& list = result.events.emplace();
            list.info.codec = document.value("codec", "");
            list.decode.frames_decoded = document.value("frames_decoded", int64_t{0});
            const auto expected = document.value("frames_expected", int64_t{-1});
            if (expected >= 0) list.decode.frames_expected = expected;
            list.decode.decode_errors = document.value("decode_errors", int64_t{0});
            for (const base::Json& frame : document["frames"])
              list.events.emplace_back().frame = frame.get<contracts::FrameIndex>();
            list.shots.resize(document.value("shots", size_t{0}));
            return result;
          }};
}

/// What apps tell the store of a run of cut_detection alone.
inline std::vector<StoredComponent> CutsAlone(const contracts::RunConfig& config = {},
                                              const std::string& version = "1") {
  return {{.name = "cut_detection",
           .version = version,
           .schema = "cut_detection_model_facing_npz_v1",
           .npz = std::string(kNpzFile),
           .document = EventsDocument(std::string(kCutsFile)),
           .config = CanonicalJson(config),
           .uses = {}}};
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
