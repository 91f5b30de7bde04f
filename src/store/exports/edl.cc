#include "store/exports/edl.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "store/exports/frame_clock.h"

namespace reelbatch::store {
namespace {

constexpr size_t kReelBytes = 8;
// The event number has three digits in the standard; editors read four.
constexpr size_t kMaxEvents = 9999;
// Timecode has two digits for the frame, and devices none above 60 per second.
constexpr double kMaxRate = 60.5;

/// Upper-case letters and digits of the name without its extension, padded: "MYCLIP  ".
std::string ReelName(const std::string& video) {
  std::string reel;
  for (const char c : video.substr(0, video.rfind('.'))) {
    if (reel.size() == kReelBytes) break;
    if (c >= 'a' && c <= 'z') reel.push_back(static_cast<char>(c - 32));
    if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) reel.push_back(c);
  }
  if (reel.empty()) reel = "AX";  // CMX's own word for an auxiliary source
  reel.resize(kReelBytes, ' ');
  return reel;
}

/// Comments and the title are one line each.
std::string OneLineOf(const std::string& text) { return base::PathForPeople(text); }

}  // namespace

std::string CutsEdl(const CutsRecord& record) {
  const FrameClock clock(record, kMaxRate);
  const std::string name = OneLineOf(record.video);
  std::string edl = fmt::format("TITLE: {}\nFCM: {}\n", name,
                                clock.drop_frame() ? "DROP FRAME" : "NON-DROP FRAME");
  const std::string reel = ReelName(record.video);
  size_t number = 0;
  for (const contracts::Shot& shot : record.shots) {
    const int64_t in = clock.FrameAt(shot.start_frame, shot.start_s);
    const int64_t out = std::max(in, clock.FrameAt(shot.end_frame, shot.end_s));
    if (out == in) continue;  // shorter than a frame of this rate
    if (number == kMaxEvents) {
      edl += fmt::format("* ONLY THE FIRST {} EVENTS FIT AN EDL\n", kMaxEvents);
      break;
    }
    const std::string from = clock.Timecode(in);
    const std::string to = clock.Timecode(out);
    edl += fmt::format("\n{:03}  {} V     C        {} {} {} {}\n* FROM CLIP NAME: {}\n", ++number, reel,
                       from, to, from, to, name);
  }
  return edl;
}

}  // namespace reelbatch::store
