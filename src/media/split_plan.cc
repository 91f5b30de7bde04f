#include "media/split_plan.h"

#include <set>
#include <system_error>

#include "fmt/format.h"

namespace reelbatch::media {

base::Status CheckPieces(const std::filesystem::path& source, const std::vector<Piece>& pieces) {
  const auto wrong = [](const Piece& piece, std::string message) {
    return base::Fail(base::Code::kInvalidArgument, std::move(message), piece.output.string());
  };
  std::set<std::filesystem::path> outputs;
  const Piece* before = nullptr;
  for (const Piece& piece : pieces) {
    if (piece.start_frame < 0 || piece.end_frame <= piece.start_frame ||
        !(piece.end_s > piece.start_s)) {
      return wrong(piece, fmt::format("the piece [{}, {}) has no frame", piece.start_frame,
                                      piece.end_frame));
    }
    if (before != nullptr &&
        (piece.start_frame < before->end_frame || piece.start_s < before->end_s)) {
      return wrong(piece,
                   fmt::format("the piece [{}, {}) does not come after [{}, {})", piece.start_frame,
                               piece.end_frame, before->start_frame, before->end_frame));
    }
    std::error_code ignored;
    if (std::filesystem::equivalent(source, piece.output, ignored)) {
      return wrong(piece, "the output is the source itself; choose another folder");
    }
    if (!outputs.insert(piece.output.lexically_normal()).second) {
      return wrong(piece, "two pieces have the same output");
    }
    before = &piece;
  }
  return {};
}

bool Cancelled(const base::CancelToken* cancel) { return cancel != nullptr && cancel->cancelled(); }

std::unexpected<base::Error> CancelledError(const std::filesystem::path& source) {
  return base::Fail(base::Code::kCancelled, "cancelled", source.string());
}

}  // namespace reelbatch::media
