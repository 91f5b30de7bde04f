#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "apps/reelbatch/console.h"
#include "apps/reelbatch/cuts/cuts_settings.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/scene_files.h"
#include "base/cancel.h"
#include "components/cut_detection/cuts_record.h"
#include "contracts/outcome.h"
#include "media/split.h"

namespace reelbatch::app {

/// One video and its result after decoding.
struct CutsAnswer {
  std::filesystem::path video;
  std::string stem;
  // The text for a video that the run did not reach.
  std::optional<contracts::Fault> fault =
      contracts::Fault{contracts::FaultCode::kComponentFailed, "not done: the run ended before"};
  std::optional<contracts::EmptyReason> empty_reason = std::nullopt;
  components::CutsRecord record;
  std::set<std::string> told = {};  // remarks about its exports, each once

  bool answered() const { return !fault; }
};

/// Prints and writes the outputs of a call of `cuts`. Threads: one caller.
class CutsOutputs {
 public:
  CutsOutputs(const CutsSettings& settings, std::vector<CutsAnswer> answers, Console& console,
              const base::CancelToken& cancel)
      : settings_(settings), answers_(std::move(answers)), console_(console), cancel_(cancel) {}

  /// Neither a failed write nor a failed video ends it; the exit code is the worst of the writes.
  int WriteAll();

 private:
  /// Whether one of them goes to stdout.
  bool WriteExports();
  void Tell(const CutsAnswer& answer, bool on_stdout);
  void Blame(const base::Error& error);
  void HashSources();
  /// Changes the shots of every answer to the requested lengths, and prints the changes.
  void KeepLengths();
  void Export(const ExportRequest& request);
  /// The text of one form; none where it cannot be, which was blamed.
  std::optional<std::string> Rendered(const ExportRequest& request, CutsAnswer& answer);
  void Write(const std::filesystem::path& path, std::string_view text);
  /// cuts.json of the one video, or an array of them; a video without an answer has its error
  /// there.
  std::string JsonOfAll() const;
  /// Whether no file of an earlier call has the name of one of `files`, or it may be replaced.
  bool MayWrite(const SceneFiles& files, const std::string& option);
  /// Names other files in the folders that were written.
  void TellStale(const SceneFiles& files, const std::set<std::string>& written);
  std::vector<media::Piece> PiecesOf(const CutsAnswer& answer, const std::filesystem::path& folder,
                                     bool copy) const;
  void WriteImages(const CutsAnswer& answer, const std::filesystem::path& folder);
  void WritePieces(const CutsAnswer& answer, const std::filesystem::path& folder, bool copy,
                   bool on_stdout);

  const CutsSettings& settings_;
  std::vector<CutsAnswer> answers_;
  Console& console_;
  const base::CancelToken& cancel_;
  int code_ = kExitDone;
};

}  // namespace reelbatch::app
