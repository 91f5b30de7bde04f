#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reelbatch/error.h"

namespace reelbatch {

enum class ElementType : uint8_t { kFloat32, kInt32, kInt64, kUint8, kFloat64, kInt16, kBool };

/// A named array. `bytes`: the elements, little-endian, last dimension fastest, without padding; of
/// kBool one byte each, 0 or 1.
struct Array {
  std::string name = {};
  ElementType type = ElementType::kFloat32;
  std::vector<int64_t> shape = {};
  std::vector<std::byte> bytes = {};
};

/// A change of shot, or something that was observed within one. Times are in seconds from where a
/// player begins to count.
struct Event {
  /// "hard", "fade_in", "fade_out", "dissolve", "wipe", "fade_through" or "jump"; of observations
  /// (part "motion") "motion", "whip_pan", "zoom" or "speed_ramp".
  std::string type = {};
  bool ends_shot = true;  // false: of observations, and of fades at the ends of a video
  double start_s = 0;     // time of start_frame
  double end_s = 0;       // time of end_frame
  /// Of a hard cut both are the first frame of the new shot. Else the last frame wholly of the old
  /// shot and the first one wholly of the new. Of the source, in presentation order, from 0.
  int64_t start_frame = 0;
  int64_t end_frame = 0;
  double confidence = 0;  // 0 to 1
};

/// What lies between two events: frames [start_frame, end_frame).
struct Shot {
  double start_s = 0;
  double end_s = 0;
  int64_t start_frame = 0;
  int64_t end_frame = 0;
};

enum class VideoStatus : uint8_t {
  kSuccess,
  kEmpty,    // readable, and there is nothing to say: VideoResult::reason has why
  kError,    // VideoResult::reason has why; where only some components failed, the others' results
             // are there, and component_errors names those that failed
  kSkipped,  // events and shots without arrays: an earlier session has left whole results in the
             // same folder
};

/// What one component says of one video.
struct ComponentResult {
  std::vector<Array> arrays = {};
  std::string meta = {};  // a JSON object: units, settings; empty: nothing to say
  std::vector<std::string> notes = {};
};

/// What became of one submitted video.
struct VideoResult {
  int64_t id = 0;  // as Submit() answered
  std::filesystem::path path = {};
  VideoStatus status = VideoStatus::kSuccess;
  std::string error_code = {};  // "video_unreadable", "decoder_stuck" ...; empty: no error
  std::string reason = {};      // for a person; empty: success
  int width = 0;                // px as coded; 0: the file could not be read
  int height = 0;
  int64_t frames_decoded = 0;
  std::optional<int64_t> frames_expected = {};  // by the container; none: it does not say
  int64_t decode_errors = 0;
  bool damaged = false;  // errors, or the file ends early: what could be decoded is in the result
  std::vector<Event> events = {};  // ascending; of the component that finds events
  std::vector<Shot> shots = {};
  std::map<std::string, ComponentResult, std::less<>> components = {};
  /// Components that failed while others did not, with the reason.
  std::map<std::string, std::string, std::less<>> component_errors = {};
};

}  // namespace reelbatch
