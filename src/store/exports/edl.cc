#include "store/exports/edl.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/text.h"
#include "store/exports/source_spans.h"

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

/// A reel name for every file; files whose names begin alike get different ones.
std::vector<std::string> ReelsOf(const contracts::EventList& record) {
  if (record.sources.empty()) return {ReelName(record.video)};
  std::vector<std::string> reels;
  for (const contracts::EventSource& source : record.sources) {
    std::string reel = ReelName(source.video);
    if (std::ranges::find(reels, reel) != reels.end()) {
      const std::string number = fmt::format("{:03}", reels.size() + 1);
      reel = reel.substr(0, std::min(reel.find(' '), kReelBytes - number.size())) + number;
      reel.resize(kReelBytes, ' ');
    }
    reels.push_back(std::move(reel));
  }
  return reels;
}

/// How a span is joined to the one before it.
struct Join {
  const contracts::Event* event = nullptr;  // none: the first shot, a seam, or no known reason
  int64_t at = 0;      // frame of the timeline at which the new shot's clip begins
  int64_t frames = 0;  // length of a dissolve or a wipe; 0: a cut
};

/// Dissolves and wipes have their own events in CMX 3600. Fades have none but against a black reel,
/// and the picture holds the fade already: they are cuts, with a comment. `first`: where the span's
/// file begins, before which there is nothing of it.
Join JoinOf(const contracts::EventList& record, const SourceSpan& span, const ExportClock& clock,
            int64_t first) {
  Join join{.at = clock.FrameAt(span.start_frame, span.start_s)};
  if (span.shot == 0 || !span.begins_shot) return join;
  for (const contracts::Event& event : record.events) {
    if (event.frame != span.start_frame || contracts::IsObservation(event.type)) continue;
    join.event = &event;
    const bool mixes =
        event.type == contracts::EventType::kDissolve || event.type == contracts::EventType::kWipe;
    if (!mixes) break;
    const int64_t last_old = clock.FrameAt(event.start_frame, event.start_s);
    const int64_t first_new = clock.FrameAt(event.end_frame, event.end_s);
    join.at = std::max(first, std::min(join.at, last_old + 1));
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

class EdlWriter {
 public:
  EdlWriter(const contracts::EventList& record, const ExportClock& clock)
      : record_(record),
        clock_(clock),
        files_(FileClocks(record, clock)),
        reels_(ReelsOf(record)),
        spans_(SpansOf(record)) {
    for (const SourceSpan& span : spans_)
      joins_.push_back(JoinOf(record, span, clock, files_[span.source].first));
  }

  std::string Write() {
    text_ = fmt::format("TITLE: {}\nFCM: {}\n", OneLineOf(record_.video),
                        clock_.drop_frame() ? "DROP FRAME" : "NON-DROP FRAME");
    for (size_t i = 0; i < spans_.size(); ++i) {
      const int64_t out = i + 1 < spans_.size()
                              ? joins_[i + 1].at
                              : clock_.FrameAt(spans_[i].end_frame, spans_[i].end_s);
      if (out <= joins_[i].at) continue;  // shorter than a frame of this rate
      if (number_ == kMaxEvents) {
        text_ += fmt::format("* ONLY THE FIRST {} EVENTS FIT AN EDL\n", kMaxEvents);
        break;
      }
      ++number_;
      Event(i, out);
    }
    return std::move(text_);
  }

 private:
  void Event(size_t i, int64_t out) {
    const Join& join = joins_[i];
    const size_t source = spans_[i].source;
    text_ += "\n";
    // What it comes from, no frame long.
    if (join.frames > 0) Line(spans_[i - 1].source, "C        ", join.at, join.at);
    Line(source, Operation(join), join.at, out);
    const std::string& name =
        record_.sources.empty() ? record_.video : record_.sources[source].video;
    text_ += fmt::format("* FROM CLIP NAME: {}\n", OneLineOf(name));
    // Not above the first event: OpenTimelineIO's adapter reads no comment there.
    if (number_ == 1 && !clock_.note().empty()) text_ += fmt::format("* {}\n", clock_.note());
    if (join.event != nullptr && join.event->type != contracts::EventType::kHard) {
      text_ += fmt::format("* {} {}-{}\n", contracts::EventTypeName(join.event->type),
                           join.event->start_frame, join.event->end_frame);
    }
  }

  void Line(size_t source, std::string_view operation, int64_t in, int64_t out) {
    const FileClock& file = files_[source];
    text_ +=
        fmt::format("{:03}  {} V     {}{} {} {} {}\n", number_, reels_[source], operation,
                    file.clock.Timecode(in - file.first), file.clock.Timecode(out - file.first),
                    clock_.Timecode(in), clock_.Timecode(out));
  }

  const contracts::EventList& record_;
  const ExportClock& clock_;
  const std::vector<FileClock> files_;
  const std::vector<std::string> reels_;
  const std::vector<SourceSpan> spans_;
  std::vector<Join> joins_;  // one for every span
  size_t number_ = 0;
  std::string text_;
};

}  // namespace

std::string CutsEdl(const contracts::EventList& record, const ExportClock& clock) {
  return EdlWriter(record, clock).Write();
}

}  // namespace reelbatch::store
