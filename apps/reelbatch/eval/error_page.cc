#include "apps/reelbatch/eval/error_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "apps/reelbatch/eval/signal_plot.h"
#include "apps/reelbatch/models/model_options.h"
#include "base/atomic_file.h"
#include "media/stills.h"
#include "media/video_reader.h"

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;

constexpr int kPictures = 11;
constexpr int64_t kAround = 5;     // frames to each side of a hard cut, and of what is longer
constexpr int kPictureSide = 160;  // px

constexpr std::string_view kStyle =
    "body{font:13px sans-serif;margin:24px;color:#222}h2{font-size:15px;margin:28px 0 6px}"
    "figure{display:inline-block;margin:0 4px 0 "
    "0;text-align:center}figcaption{font-size:11px;color:#666}"
    "figure.in figcaption{color:#c0392b;font-weight:bold}img{display:block}"
    "svg text{font:11px sans-serif;fill:#444}.middle{text-anchor:middle}.end{text-anchor:end}"
    ".mark{fill:#e67e22;opacity:.18}.event{fill:#1e8449;opacity:.18}.axis{stroke:#ccc}"
    ".line{stroke:#c0392b;stroke-dasharray:4 "
    "3;fill:none}.signal{stroke:#34495e;fill:none;stroke-width:1.3}";

std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// A name that needs no quoting, neither in a file system nor in a URL.
std::string PlainName(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_';
    out += plain ? c : '_';
  }
  return out;
}

struct Place {
  std::string what;  // "missed", "false"
  eval::Mistake mistake;
  int64_t from = 0;  // frames that are drawn
  int64_t to = 0;
  std::vector<int64_t> frames;  // that are shown
};

Place PlaceOf(std::string what, const eval::Mistake& mistake, int64_t last_frame) {
  Place place{.what = std::move(what), .mistake = mistake, .frames = {}};
  const bool hard = mistake.span.start == mistake.span.end;
  const int64_t first = hard ? mistake.span.start - 1 : mistake.span.start;
  place.from = std::max<int64_t>(0, first - kAround + (hard ? 1 : 0));
  place.to = std::min(last_frame, mistake.span.end + kAround);
  for (int i = 0; i < kPictures; ++i) {
    const int64_t frame = place.from + (place.to - place.from) * i / (kPictures - 1);
    if (place.frames.empty() || place.frames.back() != frame) place.frames.push_back(frame);
  }
  return place;
}

std::vector<Place> PlacesOf(const eval::ClipScore& clip, int64_t last_frame) {
  std::vector<Place> places;
  for (const eval::Mistake& one : clip.missed_hard)
    places.push_back(PlaceOf("missed", one, last_frame));
  for (const eval::Mistake& one : clip.missed_soft)
    places.push_back(PlaceOf("missed", one, last_frame));
  for (const eval::Mistake& one : clip.false_events)
    places.push_back(PlaceOf("false", one, last_frame));
  std::ranges::stable_sort(places, {}, &Place::from);
  return places;
}

class PageWriter {
 public:
  PageWriter(const std::string& name, const fs::path& folder, const base::CancelToken& cancel)
      : name_(PlainName(name)), folder_(folder), cancel_(cancel) {
    html_ = fmt::format(
        "<!doctype html><meta charset=\"utf-8\"><title>{0}: "
        "mistakes</title><style>{1}</style><h1>{0}: missed and false events</h1>\n",
        Escaped(name), kStyle);
  }

  base::Status Add(const eval::ClipScore& clip, const ClipDetails& details, int64_t frames) {
    const std::vector<Place> places = PlacesOf(clip, frames - 1);
    std::set<int64_t> shown;
    if (!details.video.empty()) {
      std::set<int64_t> wanted;
      for (const Place& place : places) wanted.insert(place.frames.begin(), place.frames.end());
      auto written = WritePictures(clip.name, details.video, wanted);
      if (!written) return std::unexpected(std::move(written.error()));
      shown = std::move(*written);
    }
    for (const Place& place : places) {
      html_ += Section(clip.name, place, details, shown);
      ++mistakes_;
    }
    return {};
  }

  base::Result<int> Finish() {
    if (mistakes_ == 0) html_ += "<p>None.</p>\n";
    if (auto made = base::MakeFolders(folder_); !made) return std::unexpected(made.error());
    auto file = base::AtomicFile::Create(folder_ / (name_ + ".html"));
    if (!file) return std::unexpected(file.error());
    if (const int failed = file->Write(html_); failed != 0) return file->Fail(failed);
    if (auto committed = file->Commit(); !committed) return std::unexpected(committed.error());
    return mistakes_;
  }

 private:
  std::string PictureName(const std::string& clip, int64_t frame) const {
    return fmt::format("{}/{}-{:06}.jpg", name_, PlainName(clip), frame);
  }

  /// Those of the wanted frames that came.
  base::Result<std::set<int64_t>> WritePictures(const std::string& clip, const fs::path& video,
                                                const std::set<int64_t>& wanted) {
    std::set<int64_t> shown;
    if (wanted.empty()) return shown;
    if (auto made = base::MakeFolders(folder_ / name_); !made) return std::unexpected(made.error());
    media::ReaderOptions reading;
    reading.cancel = &cancel_;
    reading.sampling.analysis_width = kPictureSide;
    const auto source = media::OpenVideo(video, reading);
    if (!source) return std::unexpected(source.error());
    const contracts::VideoInfo& info = (*source)->info();
    const media::StillOptions still{.rotation_deg = info.rotation_deg, .sar = info.sar};
    while (shown.size() < wanted.size()) {
      const auto frame = (*source)->Next();
      if (!frame) return std::unexpected(frame.error());
      if (*frame == nullptr || (*frame)->index > *wanted.rbegin()) break;
      if (!wanted.contains((*frame)->index)) continue;
      const fs::path path = folder_ / PictureName(clip, (*frame)->index);
      if (auto drawn = media::WriteStill((*frame)->view, path, still); !drawn)
        return std::unexpected(drawn.error());
      shown.insert((*frame)->index);
    }
    return shown;
  }

  std::string Section(const std::string& clip, const Place& place, const ClipDetails& details,
                      const std::set<int64_t>& shown) const {
    const eval::Span& span = place.mistake.span;
    const std::string where = span.start == span.end ? std::to_string(span.start)
                                                     : fmt::format("{}-{}", span.start, span.end);
    std::string html = fmt::format("<h2>{}: {} {} {}</h2>\n<div>", Escaped(clip), place.what,
                                   eval::KindName(place.mistake.kind), where);
    for (const int64_t frame : place.frames) {
      if (!shown.contains(frame)) continue;
      const bool in = frame >= span.start && frame <= span.end;
      html += fmt::format(
          "<figure{}><img src=\"{}\" alt=\"frame {}\"><figcaption>{}</figcaption></figure>",
          in ? " class=\"in\"" : "", PictureName(clip, frame), frame, frame);
    }
    html += "</div>\n";
    if (details.signals) html += SignalPlot(*details.signals, place.from, place.to, span) + "\n";
    return html;
  }

  const std::string name_;
  const fs::path& folder_;
  const base::CancelToken& cancel_;
  std::string html_;
  int mistakes_ = 0;
};

}  // namespace

base::Result<int> WriteErrorPage(const eval::Row& row,
                                 const std::map<std::string, ClipDetails>& details,
                                 const fs::path& folder, const base::CancelToken& cancel) {
  PageWriter page(row.name, folder, cancel);
  for (const eval::ClipScore& clip : row.clips) {
    const auto known = details.find(clip.name);
    const ClipDetails none;
    if (auto added = page.Add(clip, known == details.end() ? none : known->second, clip.frames);
        !added)
      return std::unexpected(added.error());
  }
  return page.Finish();
}

}  // namespace reelbatch::app
