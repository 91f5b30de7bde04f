#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contracts/video.h"

namespace reelbatch::eval {

/// The kinds of transitions. kSoft: a gradual prediction without a type.
enum class Kind : uint8_t { kHard, kFade, kDissolve, kWipe, kSoft };
std::string_view KindName(Kind kind);

/// Frames are indices of decoded frames from 0, both ends inclusive.
struct Span {
  int64_t start = 0;
  int64_t end = 0;
};

struct Transition {
  Kind kind = Kind::kHard;
  int64_t start = 0;  // last frame that shows only the old shot
  int64_t end = 0;    // first frame that shows only the new shot; of a hard cut start + 1
  int64_t frame = 0;  // first new frame of a hard cut, the nominal middle of others
};

/// The annotated transitions of a clip.
struct Truth {
  std::string name;   // of the truth file, without .json
  std::string video;  // file name
  contracts::Rational fps;
  int64_t frames = 0;
  std::vector<Transition> transitions;  // by time
  std::vector<Span> edges;  // fades at the start and end of the file: neither right nor wrong
  std::vector<Span> hard_negatives;  // places that look like cuts but are none
};

/// Errors: corrupt (the message has `name`, the field and the expected value).
base::Result<Truth> ParseTruth(std::string_view json, std::string_view name);

}  // namespace reelbatch::eval
