#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "components/cut_detection/cuts_record.h"
#include "store/exports/export_clock.h"

namespace reelbatch::app {

/// One form that the cuts of a video can be given in.
struct ExportFormat {
  std::string_view name;       // the option: "csv"
  std::string_view extension;  // of files: ".csv"
  std::string_view help;
  std::string (*render)(const components::CutsRecord&, const store::ExportClock&);
  /// Where it counts frames of a rate; none: --export-rate and --drop-frame do not concern it.
  std::optional<store::Counting> counts = std::nullopt;
  bool needs_signals = false;  // CutsRecord::signals
};

/// json, csv, edl, otio, xmeml, chapters, webvtt, qp, stats.
std::span<const ExportFormat> ExportFormats();

/// `--csv` (target "-") or `--csv=TARGET`.
struct ExportRequest {
  const ExportFormat* format = nullptr;
  std::string target;

  bool to_stdout() const { return target == "-" || target == "/dev/stdout"; }
};

/// One video in one form.
struct RenderedExport {
  std::string text;
  std::string note;  // facts about its rate that readers must know; can be empty
};

/// Errors: as ExportClock::Make().
base::Result<RenderedExport> RenderExport(const ExportFormat& format,
                                          const components::CutsRecord& record,
                                          const store::ClockOptions& clock);

/// What can be said before any video is decoded. `videos` is how many there are.
/// Errors: invalid_argument: two forms on stdout at once; several videos in one file or, but for
/// JSON, on stdout.
base::Status CheckExports(std::span<const ExportRequest> requests, size_t videos);

/// Whether the target is a folder: it ends in '/' or is one already.
bool IsFolderTarget(const std::string& target);

/// Where the export of one video goes: TARGET, or TARGET/STEM.extension in a folder.
std::filesystem::path ExportPath(const ExportRequest& request, const std::string& stem);

/// Writes a file that others may be reading; a pipe or a device is written as it is.
/// Errors: io (names the file, the reason and the remedy).
base::Status WriteExport(const std::filesystem::path& path, std::string_view text);

/// Safe stems of the videos' names, made different where two are equal: "clip", "clip-2".
std::vector<std::string> DistinctStems(std::span<const std::filesystem::path> videos);

/// An argument that looks like the file an export was meant for ("--csv cuts.csv" instead of
/// "--csv=cuts.csv"). Returns the advice, or nothing.
std::optional<std::string> MisplacedTarget(std::span<const ExportRequest> requests,
                                           std::span<const std::string> arguments);

}  // namespace reelbatch::app
