#include "apps/reelbatch/cuts/cuts_outputs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <utility>

#include "apps/reelbatch/cuts/cuts_report.h"
#include "apps/reelbatch/cuts/export_options.h"
#include "apps/reelbatch/progress_bar.h"
#include "apps/reelbatch/run_summary.h"
#include "base/atomic_file.h"
#include "base/json_text.h"
#include "components/cut_detection/cuts_document.h"
#include "media/split.h"
#include "store/source_file.h"

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;

/// What a failed export means for the whole; a higher code is worse.
int ExitCodeOfExport(base::Code code) {
  if (code == base::Code::kCancelled) return kExitInterrupted;
  const bool of_the_video = code == base::Code::kCorrupt || code == base::Code::kInvalidArgument;
  return of_the_video ? kExitSomeFailed : kExitEnvironment;
}

}  // namespace

int CutsOutputs::WriteAll() {
  KeepLengths();
  const bool on_stdout = WriteExports();
  for (const CutsAnswer& answer : answers_) {
    if (answer.answered()) Tell(answer, on_stdout);
  }
  for (const CutsAnswer& answer : answers_) {
    if (!answer.answered()) continue;
    if (code_ == kExitInterrupted) break;
    if (settings_.image_folder) WriteImages(answer, *settings_.image_folder);
    if (settings_.split_folder) WritePieces(answer, *settings_.split_folder, false, on_stdout);
    if (settings_.split_copy_folder)
      WritePieces(answer, *settings_.split_copy_folder, true, on_stdout);
  }
  return code_;
}

bool CutsOutputs::WriteExports() {
  bool on_stdout = false;
  for (const ExportRequest& request : settings_.exports) {
    on_stdout = on_stdout || request.to_stdout();
    if (request.format->name == "json") HashSources();
    Export(request);
  }
  return on_stdout;
}

void CutsOutputs::Tell(const CutsAnswer& answer, bool on_stdout) {
  const std::string name = ShellQuote(answer.video.native());
  for (const std::string& warning : answer.record.warnings)
    console_.Warn(fmt::format("{}: {}", name, warning));
  if (answer.empty_reason) {
    console_.Warn(fmt::format("{}: {}: the video has too few frames to detect cuts", name,
                              contracts::EmptyReasonName(*answer.empty_reason)));
  }
  if (!on_stdout) {
    console_.Out(
        CutsText(answer.video, answer.record, settings_.config.sampling, console_.out_color()));
  }
}

void CutsOutputs::Blame(const base::Error& error) {
  console_.Error(error.Text());
  code_ = std::max<int>(code_, ExitCodeOfExport(error.code));
}

void CutsOutputs::HashSources() {
  for (CutsAnswer& answer : answers_) {
    if (!answer.answered() || !answer.record.source_sha256.empty()) continue;
    if (auto digest = store::ContentSha256(answer.video, &cancel_))
      answer.record.source_sha256 = *digest;
    for (size_t i = 0; i < answer.record.decode.parts.size(); ++i) {
      if (auto digest = store::ContentSha256(answer.record.decode.parts[i].path, &cancel_))
        answer.record.sources[i].sha256 = *digest;
    }
  }
}

void CutsOutputs::KeepLengths() {
  if (!settings_.shot_lengths.any()) return;
  for (CutsAnswer& answer : answers_) {
    if (!answer.answered()) continue;
    const auto changes = store::KeepShotLengths(settings_.shot_lengths, answer.record);
    if (!changes) {
      Blame(changes.error());
    } else if (const std::string text = ShotLengthText(*changes); !text.empty()) {
      console_.Note(fmt::format("{}: {}", ShellQuote(answer.video.native()), text));
    }
  }
}

std::optional<std::string> CutsOutputs::Rendered(const ExportRequest& request, CutsAnswer& answer) {
  auto rendered = RenderExport(*request.format, answer.record, settings_.clock);
  const std::string name = ShellQuote(answer.video.native());
  if (!rendered) {
    base::Error error = std::move(rendered.error());
    error.context = fmt::format("{}: {}", name, error.context);
    Blame(error);
    return std::nullopt;
  }
  if (!rendered->note.empty() && answer.told.insert(rendered->note).second) {
    console_.Warn(
        fmt::format("{}: {}{}", name, rendered->note,
                    settings_.clock.rate ? "" : "; use --export-rate to choose another rate"));
  }
  return std::move(rendered->text);
}

void CutsOutputs::Export(const ExportRequest& request) {
  const bool json = request.format->name == "json";
  if (request.to_stdout() || !IsFolderTarget(request.target)) {
    std::optional<std::string> text;
    if (json) {
      text = JsonOfAll();
    } else if (answers_.front().answered()) {
      text = Rendered(request, answers_.front());
    }
    if (!text) return;
    if (request.to_stdout()) {
      console_.Out(*text);
    } else {
      Write(request.target, *text);
    }
    return;
  }
  for (CutsAnswer& answer : answers_) {
    if (!answer.answered()) continue;
    if (const auto text = Rendered(request, answer)) Write(ExportPath(request, answer.stem), *text);
  }
}

void CutsOutputs::Write(const fs::path& path, std::string_view text) {
  if (const auto written = WriteExport(path, text); !written) {
    Blame({base::Code::kIo, written.error().message, written.error().context});
  } else {
    console_.Note(fmt::format("wrote {}", ShellQuote(path.native())));
  }
}

std::string CutsOutputs::JsonOfAll() const {
  std::vector<std::string> documents;
  for (const CutsAnswer& answer : answers_) {
    if (answer.answered()) {
      documents.push_back(components::CutsDocument(answer.record));
      continue;
    }
    base::Json failed;
    failed["schema"] = components::kCutsSchema;
    failed["video"] = answer.video.filename().native();
    if (answer.fault) {
      failed["error"] = {{"code", contracts::FaultCodeName(answer.fault->code)},
                         {"reason", answer.fault->reason}};
    }
    documents.push_back(base::Pretty(failed));
  }
  if (documents.size() == 1) return documents.front();
  for (std::string& document : documents) document.pop_back();  // the newline
  return fmt::format("[\n{}\n]\n", fmt::join(documents, ",\n"));
}

bool CutsOutputs::MayWrite(const SceneFiles& files, const std::string& option) {
  if (settings_.overwrite) return true;
  // Looked at again: another call may have written there while this one looked for cuts.
  const auto checked = CheckNoScenes(files, option);
  if (!checked) Blame(checked.error());
  return checked.has_value();
}

void CutsOutputs::TellStale(const SceneFiles& files, const std::set<std::string>& written) {
  std::vector<std::string> stale = FindScenes(files);
  std::erase_if(stale, [&](const std::string& name) { return written.contains(name); });
  if (stale.empty()) return;
  console_.Warn(
      fmt::format("{} still holds {}, which this call did not write; remove what you do not want",
                  ShellQuote(files.folder.native()), SomeNames(stale)));
}

void CutsOutputs::WriteImages(const CutsAnswer& answer, const fs::path& folder) {
  ImageOptions images = settings_.images;
  images.folder = folder;
  const SceneFiles files{.folder = folder, .stem = answer.stem, .pictures = true};
  if (!MayWrite(files, "--images")) return;
  const auto written = WriteShotImages(answer.video, answer.stem, settings_.config.sampling,
                                       answer.record, images, cancel_);
  if (!written) {
    Blame(written.error());
    return;
  }
  for (const std::string& warning : written->warnings)
    console_.Warn(fmt::format("{}: {}", ShellQuote(answer.video.native()), warning));
  console_.Note(fmt::format("wrote {} into {}", Count(written->pictures, "picture"),
                            ShellQuote(images.folder.native())));
  std::set<std::string> names;
  for (size_t i = 0; i < answer.record.shots.size(); ++i) {
    for (int image = 1; image <= images.count; ++image)
      names.insert(ImageName(answer.stem, i + 1, answer.record.shots.size(), image) +
                   images.extension);
  }
  TellStale(files, names);
}

std::vector<media::Piece> CutsOutputs::PiecesOf(const CutsAnswer& answer, const fs::path& folder,
                                                bool copy) const {
  const std::string extension = PieceExtension(settings_, answer.video, copy);
  std::vector<media::Piece> pieces;
  for (size_t i = 0; i < answer.record.shots.size(); ++i) {
    const contracts::Shot& shot = answer.record.shots[i];
    std::string name = ImageName(answer.stem, i + 1, answer.record.shots.size(), 0);
    name.resize(name.size() - 3);  // "-00": a piece has no second number
    pieces.push_back(
        {shot.start_frame, shot.end_frame, shot.start_s, shot.end_s, folder / (name + extension)});
  }
  return pieces;
}

void CutsOutputs::WritePieces(const CutsAnswer& answer, const fs::path& folder, bool copy,
                              bool on_stdout) {
  const SceneFiles files{.folder = folder, .stem = answer.stem};
  if (!MayWrite(files, copy ? "--split-copy" : "--split")) return;
  if (const auto made = base::MakeFolders(folder); !made) {
    Blame({base::Code::kIo, made.error().message, made.error().context});
    return;
  }
  const std::vector<media::Piece> pieces = PiecesOf(answer, folder, copy);
  if (pieces.empty()) return;
  const auto& sampling = settings_.config.sampling;
  media::SplitLog log;
  const auto written = copy ? media::SplitCopy(answer.video, sampling, pieces, &cancel_, &log)
                            : media::SplitExact(answer.video, sampling, pieces, &cancel_, &log);
  const std::string name = ShellQuote(answer.video.native());
  for (const std::string& warning : log.warnings)
    console_.Warn(fmt::format("{}: {}", name, warning));
  for (const std::string& detail : log.details)
    console_.Detail(fmt::format("{}: {}", name, detail));
  std::set<std::string> names;
  for (const fs::path& piece : log.finished) names.insert(piece.filename().native());
  if (!written) {
    base::Error error = written.error();
    error.message +=
        fmt::format("; {} of {} files are written", log.finished.size(), pieces.size());
    Blame(error);
  } else {
    const std::string text =
        PiecesText(answer.record, pieces, *written, copy, console_.out_color());
    std::istringstream lines(text);
    if (!on_stdout) console_.Out(text);
    for (std::string line; on_stdout && std::getline(lines, line);) console_.Note(line);
  }
  TellStale(files, names);
}

}  // namespace reelbatch::app
