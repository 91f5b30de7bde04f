#include "store/exports/xmeml.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "store/exports/source_spans.h"
#include "store/text.h"

namespace reelbatch::store {
namespace {

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&gt;";
    } else {
      escaped.push_back(c);
    }
  }
  return escaped;
}

/// Elements, two spaces deeper with every open one.
class Xml {
 public:
  void Open(std::string_view tag, std::string_view id = "") {
    text_ += fmt::format("{:{}}<{}{}>\n", "", indent_, tag,
                         id.empty() ? "" : fmt::format(" id=\"{}\"", id));
    open_.emplace_back(tag);
    indent_ += 2;
  }
  void Close() {
    indent_ -= 2;
    text_ += fmt::format("{:{}}</{}>\n", "", indent_, open_.back());
    open_.pop_back();
  }
  void CloseAll() {
    while (!open_.empty()) Close();
  }
  void Leaf(std::string_view tag, std::string_view value) {
    text_ += fmt::format("{:{}}<{}>{}</{}>\n", "", indent_, tag, Escaped(value), tag);
  }
  void Leaf(std::string_view tag, int64_t value) { Leaf(tag, std::to_string(value)); }
  void Line(std::string_view line) { text_ += fmt::format("{:{}}{}\n", "", indent_, line); }
  std::string Take() { return std::move(text_); }

 private:
  std::string text_;
  std::vector<std::string> open_;
  int indent_ = 0;
};

struct Item {
  int64_t in = 0;         // position in the timeline
  int64_t out = 0;        // one past the last
  int64_t mixed_in = 0;   // frames that a dissolve reaches to both sides of `in`; 0: a cut
  int64_t mixed_out = 0;  // the same of `out`
  size_t shot = 0;        // its index
  size_t source = 0;      // the file that it lies in
};

int64_t HalfOfDissolve(const contracts::EventList& record, const SourceSpan& span, int64_t cut,
                       const ExportClock& clock) {
  if (!span.begins_shot) return 0;
  for (const contracts::Event& event : record.events) {
    const bool mixes =
        event.type == contracts::EventType::kDissolve || event.type == contracts::EventType::kWipe;
    if (!mixes || event.frame != span.start_frame) continue;
    const int64_t before = cut - clock.FrameAt(event.start_frame, event.start_s);
    const int64_t after = clock.FrameAt(event.end_frame, event.end_s) - cut;
    return std::max<int64_t>(0, std::min(before, after));
  }
  return 0;
}

std::vector<Item> ItemsOf(const contracts::EventList& record, const ExportClock& clock,
                          const std::vector<FileClock>& files) {
  std::vector<Item> items;
  for (const SourceSpan& span : SpansOf(record)) {
    Item item{.in = clock.FrameAt(span.start_frame, span.start_s),
              .out = clock.FrameAt(span.end_frame, span.end_s),
              .shot = span.shot,
              .source = span.source};
    if (item.out <= item.in) continue;  // shorter than a frame of this rate
    if (!items.empty()) {
      // A file ends at its seam: nothing of it reaches further.
      const FileClock& before = files[items.back().source];
      const int64_t room = std::min(item.in - files[item.source].first,
                                    before.first + before.end - items.back().out);
      item.mixed_in = items.back().mixed_out =
          std::min(std::max<int64_t>(0, room), HalfOfDissolve(record, span, item.in, clock));
    }
    items.push_back(item);
  }
  return items;
}

class XmemlWriter {
 public:
  XmemlWriter(const contracts::EventList& record, const ExportClock& clock)
      : record_(record),
        clock_(clock),
        name_(base::PathForPeople(record.video)),
        files_(FileClocks(record, clock)),
        items_(ItemsOf(record, clock, files_)) {}

  std::string Write() {
    const int64_t first = items_.empty() ? 0 : items_.front().in;
    xml_.Line(R"(<?xml version="1.0" encoding="UTF-8"?>)");
    xml_.Line("<!DOCTYPE xmeml>");
    if (!clock_.note().empty()) xml_.Line(fmt::format("<!-- {} -->", clock_.note()));
    xml_.Line(R"(<xmeml version="5">)");
    xml_.Open("sequence", "sequence-1");
    xml_.Leaf("name", name_);
    xml_.Leaf("duration", items_.empty() ? 0 : items_.back().out - first);
    Rate();
    Timecode(clock_, first);
    xml_.Open("media");
    xml_.Open("video");
    xml_.Open("format");
    Characteristics(record_.info, /*with_rate=*/true);
    xml_.Close();
    xml_.Open("track");
    for (size_t i = 0; i < items_.size(); ++i) {
      if (items_[i].mixed_in > 0) Transition(items_[i], first);
      Clip(i, first);
    }
    xml_.CloseAll();
    xml_.Line("</xmeml>");
    return xml_.Take();
  }

 private:
  static std::string FileId(size_t source) { return fmt::format("file-{}", source + 1); }

  void Rate() {
    xml_.Open("rate");
    xml_.Leaf("timebase", std::llround(clock_.rate().value()));
    xml_.Leaf("ntsc", clock_.rate().den == 1 ? "FALSE" : "TRUE");
    xml_.Close();
  }

  void Timecode(const ExportClock& clock, int64_t position) {
    xml_.Open("timecode");
    Rate();
    xml_.Leaf("string", clock.Timecode(position));
    xml_.Leaf("frame", clock.start() + position);
    xml_.Leaf("displayformat", clock.drop_frame() ? "DF" : "NDF");
    xml_.Close();
  }

  void Characteristics(const contracts::VideoInfo& info, bool with_rate) {
    const bool turned = info.rotation_deg % 180 != 0;
    xml_.Open("samplecharacteristics");
    if (with_rate) Rate();
    xml_.Leaf("width", turned ? info.height : info.width);
    xml_.Leaf("height", turned ? info.width : info.height);
    xml_.Close();
  }

  void File(size_t source) {
    const contracts::EventList file = RecordOfSource(record_, source);
    xml_.Open("file", FileId(source));
    xml_.Leaf("name", base::PathForPeople(file.video));
    xml_.Leaf("pathurl", file.media_uri.empty() ? PercentEncode(file.video) : file.media_uri);
    Rate();
    xml_.Leaf("duration", files_[source].end);
    Timecode(files_[source].clock, 0);
    xml_.Open("media");
    xml_.Open("video");
    Characteristics(file.info, /*with_rate=*/false);
    xml_.Close();
    xml_.Close();
    xml_.Close();
  }

  /// An end that lies in a dissolve is -1, and what the clip takes of the media reaches to the
  /// dissolve's end.
  void Clip(size_t index, int64_t first) {
    const Item& item = items_[index];
    xml_.Open("clipitem", fmt::format("clipitem-{}", index + 1));
    xml_.Leaf("name", fmt::format("shot {}", item.shot + 1));
    xml_.Leaf("duration", files_[item.source].end);
    Rate();
    xml_.Leaf("start", item.mixed_in > 0 ? -1 : item.in - first);
    xml_.Leaf("end", item.mixed_out > 0 ? -1 : item.out - first);
    const int64_t file_first = files_[item.source].first;
    xml_.Leaf("in", item.in - item.mixed_in - file_first);
    xml_.Leaf("out", item.out + item.mixed_out - file_first);
    // Files follow each other: the first item of one comes behind the last item of another.
    if (index == 0 || items_[index - 1].source != item.source) {
      File(item.source);
    } else {
      xml_.Line(fmt::format(R"(<file id="{}"/>)", FileId(item.source)));
    }
    if (index == 0 && !clock_.note().empty()) {
      xml_.Open("comments");
      xml_.Leaf("mastercomment1", clock_.note());
      xml_.Close();
    }
    xml_.Close();
  }

  void Transition(const Item& item, int64_t first) {
    xml_.Open("transitionitem");
    Rate();
    xml_.Leaf("start", item.in - item.mixed_in - first);
    xml_.Leaf("end", item.in + item.mixed_in - first);
    xml_.Leaf("alignment", "center");
    xml_.Open("effect");
    xml_.Leaf("name", "Cross Dissolve");
    xml_.Leaf("effectid", "Cross Dissolve");
    xml_.Leaf("effecttype", "transition");
    xml_.Leaf("mediatype", "video");
    xml_.Close();
    xml_.Close();
  }

  const contracts::EventList& record_;
  const ExportClock& clock_;
  const std::string name_;
  const std::vector<FileClock> files_;
  const std::vector<Item> items_;
  Xml xml_;
};

}  // namespace

std::string CutsXmeml(const contracts::EventList& record, const ExportClock& clock) {
  return XmemlWriter(record, clock).Write();
}

}  // namespace reelbatch::store
