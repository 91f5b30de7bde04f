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

/// A named array of numbers. `bytes` has the elements in C order (the last dimension varies
/// fastest), little-endian, without padding. A kBool element is one byte, 0 or 1.
struct Array {
  std::string name = {};
  ElementType type = ElementType::kFloat32;
  std::vector<int64_t> shape = {};
  std::vector<std::byte> bytes = {};
};

/// A transition between two shots, or an observation within a shot. Times are in seconds, as
/// players count them.
struct Event {
  /// Transitions: "hard", "fade_in", "fade_out", "dissolve", "wipe", "fade_through" or "jump".
  /// Observations (part "motion"): "motion", "whip_pan", "zoom" or "speed_ramp".
  std::string type = {};
  bool ends_shot = true;  // false for observations, and for fades at the start and end of a video
  double start_s = 0;     // time of start_frame
  double end_s = 0;       // time of end_frame
  /// Frames of the video in presentation order, counted from 0. For a hard cut, both are the first
  /// frame of the new shot. For a gradual transition, start_frame is the last frame that shows only
  /// the old shot, and end_frame is the first frame that shows only the new shot.
  int64_t start_frame = 0;
  int64_t end_frame = 0;
  double confidence = 0;  // 0 to 1
};

/// The frames between two events, as a half-open range: [start_frame, end_frame).
struct Shot {
  double start_s = 0;  // seconds, as players count them
  double end_s = 0;
  int64_t start_frame = 0;
  int64_t end_frame = 0;
};

enum class VideoStatus : uint8_t {
  kSuccess,
  kEmpty,    // the video is readable, but has nothing to analyse; VideoResult::reason says why
  kError,    // VideoResult::reason says why. If only some components failed, the results of the
             // others are there, and component_errors names those that failed.
  kSkipped,  // an earlier session wrote complete results into the same folder; this result has its
             // events and shots, but no arrays
};

/// The result of one component for one video.
struct ComponentResult {
  std::vector<Array> arrays = {};
  std::string meta = {};  // a JSON object with units and settings; can be empty
  std::vector<std::string> notes = {};
};

/// The result of one submitted video.
struct VideoResult {
  int64_t id = 0;  // the value that Submit() returned
  std::filesystem::path path = {};
  VideoStatus status = VideoStatus::kSuccess;
  std::string error_code = {};  // for example "video_unreadable"; empty if there is no error
  std::string reason = {};      // for people; empty on success
  int width = 0;                // coded size in pixels; 0 if the file could not be read
  int height = 0;
  int64_t frames_decoded = 0;
  std::optional<int64_t> frames_expected = {};  // from the container, if it has this number
  int64_t decode_errors = 0;
  bool damaged = false;            // there were decode errors, or the file ends early; the result
                                   // covers the frames that could be decoded
  std::vector<Event> events = {};  // from the component that detects events, in ascending order
  std::vector<Shot> shots = {};
  std::map<std::string, ComponentResult, std::less<>> components = {};  // by name of the component
  /// The components that failed, and the reason, if other components succeeded.
  std::map<std::string, std::string, std::less<>> component_errors = {};
};

}  // namespace reelbatch
