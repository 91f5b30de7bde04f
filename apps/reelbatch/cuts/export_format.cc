#include "apps/reelbatch/cuts/export_format.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <map>
#include <set>

#include "apps/reelbatch/terminal.h"
#include "base/atomic_file.h"
#include "components/cut_detection/cuts_document.h"
#include "store/exports/chapters.h"
#include "store/exports/csv.h"
#include "store/exports/edl.h"
#include "store/exports/otio.h"
#include "store/exports/qp.h"
#include "store/exports/stats.h"
#include "store/exports/webvtt.h"
#include "store/exports/xmeml.h"
#include "store/identity.h"

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;

using components::CutsRecord;
using store::ExportClock;

/// Of a form that counts no frames of a rate.
template <std::string (*kRender)(const contracts::EventList&)>
std::string WithoutClock(const CutsRecord& record, const ExportClock& /*clock*/) {
  return kRender(record);
}

template <std::string (*kRender)(const contracts::EventList&, const ExportClock&)>
std::string WithClock(const CutsRecord& record, const ExportClock& clock) {
  return kRender(record, clock);
}

std::string Document(const CutsRecord& record, const ExportClock& /*clock*/) {
  return components::CutsDocument(record);
}

constexpr std::array<ExportFormat, 9> kFormats = {{
    {"json", ".json",
     "Write cuts.json: events, shots and how they were found (an array for several videos)",
     Document},
    {"csv", ".csv", "Write a scene list with PySceneDetect's columns",
     WithoutClock<store::CutsCsv>},
    {"edl", ".edl", "Write a CMX 3600 edit decision list", WithClock<store::CutsEdl>,
     store::Counting::kTimecode},
    {"otio", ".otio", "Write an OpenTimelineIO timeline", WithClock<store::CutsOtio>,
     store::Counting::kAnyRate},
    {"xmeml", ".xml", "Write Final Cut Pro XML, version 5, for Premiere, Resolve and others",
     WithClock<store::CutsXmeml>, store::Counting::kTimecode},
    {"chapters", ".chapters.txt", "Write FFmpeg metadata with a chapter for every shot",
     WithoutClock<store::CutsChapters>},
    {"webvtt", ".vtt", "Write a WebVTT chapter track", WithoutClock<store::CutsWebVtt>},
    {"qp", ".qp", "Write a QP file for x264 and x265: a keyframe at the start of every shot",
     WithoutClock<store::CutsQp>},
    {"stats", ".stats.csv",
     "Write the signals of every frame, in the format of PySceneDetect's statistics file",
     WithoutClock<store::CutsStats>, std::nullopt, /*needs_signals=*/true},
}};

base::Status WriteAsItIs(const fs::path& path, std::string_view text) {
  errno = 0;
  std::ofstream file(path, std::ios::binary);
  file << text << std::flush;
  if (!file) return std::unexpected(base::FileError(errno, "write", path));
  return {};
}

}  // namespace

std::span<const ExportFormat> ExportFormats() { return kFormats; }

base::Result<RenderedExport> RenderExport(const ExportFormat& format, const CutsRecord& record,
                                          const store::ClockOptions& clock) {
  const auto counted = format.counts ? ExportClock::Make(record, clock, *format.counts)
                                     : ExportClock::Make(record, {}, store::Counting::kAnyRate);
  if (!counted) return std::unexpected(counted.error());
  return RenderedExport{.text = format.render(record, *counted),
                        .note = format.counts ? counted->note() : ""};
}

bool IsFolderTarget(const std::string& target) {
  std::error_code error;
  return target.ends_with('/') || fs::is_directory(target, error);
}

base::Status CheckExports(std::span<const ExportRequest> requests, size_t videos) {
  const ExportRequest* on_stdout = nullptr;
  for (const ExportRequest& request : requests) {
    const bool json = request.format->name == "json";
    const std::string option = "--" + std::string(request.format->name);
    if (request.to_stdout()) {
      if (on_stdout != nullptr) {
        return base::Fail(
            base::Code::kInvalidArgument,
            fmt::format("only one output format can go to stdout; write {0}=FILE or --{1}=FILE",
                        option, on_stdout->format->name),
            option);
      }
      on_stdout = &request;
    }
    if (videos > 1 && !json && !IsFolderTarget(request.target)) {
      return base::Fail(
          base::Code::kInvalidArgument,
          fmt::format("there are {} videos; write {}=FOLDER/ to get a file for each video", videos,
                      option),
          option);
    }
  }
  return {};
}

fs::path ExportPath(const ExportRequest& request, const std::string& stem) {
  if (!IsFolderTarget(request.target)) return request.target;
  return fs::path(request.target) / (stem + std::string(request.format->extension));
}

base::Status WriteExport(const fs::path& path, std::string_view text) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  // Renaming a new file over a pipe or /dev/stderr would take it away from everyone.
  if (fs::exists(status) &&
      (!fs::is_regular_file(status) || fs::is_symlink(fs::symlink_status(path, error)))) {
    return WriteAsItIs(path, text);
  }
  if (path.has_parent_path()) {
    if (const auto made = base::MakeFolders(path.parent_path()); !made) return made;
  }
  return base::WriteFileAtomically(path, text);
}

std::vector<std::string> DistinctStems(std::span<const fs::path> videos) {
  std::vector<std::string> stems;
  std::set<std::string> taken;
  // The least number that may be free: names are never given back, so none below it ever is.
  std::map<std::string, size_t> next;
  for (const fs::path& video : videos) {
    const std::string stem = store::SafeStem(video);
    std::string name = stem;
    if (!taken.insert(name).second) {
      size_t& number = next.try_emplace(stem, 2).first->second;
      do {
        name = fmt::format("{}-{}", stem, number++);
      } while (!taken.insert(name).second);
    }
    stems.push_back(name);
  }
  return stems;
}

std::optional<std::string> MisplacedTarget(std::span<const ExportRequest> requests,
                                           std::span<const std::string> arguments) {
  for (const ExportRequest& request : requests) {
    if (request.target != "-") continue;
    for (const std::string& argument : arguments) {
      std::error_code error;
      const std::string ending = "." + std::string(request.format->name);
      const bool looks =
          argument.ends_with(request.format->extension) || argument.ends_with(ending);
      if (!looks || fs::exists(argument, error)) continue;
      return fmt::format("{0} is not a video; to write the output to it, use --{1}={0}",
                         ShellQuote(argument), request.format->name);
    }
  }
  return {};
}

}  // namespace reelbatch::app
