#include "store/exports/edl.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace reelbatch::store {
namespace {

constexpr size_t kReelBytes = 8;
// The event number has three digits in the standard; editors read four.
constexpr size_t kMaxEvents = 9999;
// A transition's length has three digits.
constexpr int64_t kMaxTransition = 999;

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

/// How a shot is joined to the one before it.
struct Join {
  const contracts::Event* event = nullptr;  // none: the first shot, or without a known reason
  int64_t at = 0;      // frame of the timeline at which the new shot's clip begins
  int64_t frames = 0;  // length of a dissolve or a wipe; 0: a cut
};

/// Dissolves and wipes have their own events in CMX 3600. Fades have none but against a black reel, and the picture holds the
/// fade already: they are cuts, with a comment.
Join JoinOf(const CutsRecord& record, const contracts::Shot& shot, const ExportClock& clock) {
  Join join{.at = clock.FrameAt(shot.start_frame, shot.start_s)};
  if (shot.index == 0) return join;
  for (const contracts::Event& event : record.events) {
    if (event.frame != shot.start_frame || contracts::IsObservation(event.type)) continue;
    join.event = &event;
    if (event.type != contracts::EventType::kDissolve && event.type != contracts::EventType::kWipe) break;
    const int64_t last_old = clock.FrameAt(event.start_frame, event.start_s);
    const int64_t first_new = clock.FrameAt(event.end_frame, event.end_s);
    join.at = std::min(join.at, last_old + 1);
    join.frames = std::clamp<int64_t>(first_new - join.at, 0, kMaxTransition);
    break;
  }
  return join;
}

/// "C        ", "D    025 ", "W001 025 "
std::string Operation(const Join& join) {
  if (join.frames == 0) return "C        ";
  const bool wipe = join.event->type == contracts::EventType::kWipe;
  return fmt::format("{:<4} {:03} ", wipe ? "W001" : "D", join.frames);
}

}  // namespace

std::string CutsEdl(const CutsRecord& record, const ExportClock& clock) {
  const std::string name = OneLineOf(record.video);
  std::string edl = fmt::format("TITLE: {}\nFCM: {}\n", name,
                                clock.drop_frame() ? "DROP FRAME" : "NON-DROP FRAME");
  const std::string reel = ReelName(record.video);
  size_t number = 0;
  const auto line = [&](std::string_view operation, int64_t in, int64_t out) {
    const std::string from = clock.Timecode(in);
    const std::string to = clock.Timecode(out);
    edl += fmt::format("{:03}  {} V     {}{} {} {} {}\n", number, reel, operation, from, to, from, to);
  };
  for (size_t i = 0; i < record.shots.size(); ++i) {
    const contracts::Shot& shot = record.shots[i];
    const Join join = JoinOf(record, shot, clock);
    int64_t out = clock.FrameAt(shot.end_frame, shot.end_s);
    if (i + 1 < record.shots.size()) out = JoinOf(record, record.shots[i + 1], clock).at;
    if (out <= join.at) continue;  // shorter than a frame of this rate
    if (number == kMaxEvents) {
      edl += fmt::format("* ONLY THE FIRST {} EVENTS FIT AN EDL\n", kMaxEvents);
      break;
    }
    ++number;
    edl += "\n";
    if (join.frames > 0) line("C        ", join.at, join.at);  // what it comes from, no frame long
    line(Operation(join), join.at, out);
    edl += fmt::format("* FROM CLIP NAME: {}\n", name);
    // Not above the first event: OpenTimelineIO's adapter reads no comment there.
    if (number == 1 && !clock.note().empty()) edl += fmt::format("* {}\n", clock.note());
    if (join.event != nullptr && join.event->type != contracts::EventType::kHard) {
      edl += fmt::format("* {} {}-{}\n", contracts::EventTypeName(join.event->type),
                         join.event->start_frame, join.event->end_frame);
    }
  }
  return edl;
}

}  // namespace reelbatch::store
