#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "components/cut_detection/cuts_record.h"
#include "contracts/video.h"
#include "media/split.h"

namespace reelbatch::app {

/// The answer for a person: a line about the video, the table of its cuts, a line that counts.
/// `sampling`: whether the line about the video has its length or the analysed range.
std::string CutsText(const std::filesystem::path& video, const components::CutsRecord& record,
                     const contracts::Sampling& sampling, bool color);

/// What each written piece holds; with copying, how far it starts before the wish.
std::string PiecesText(const components::CutsRecord& record,
                       const std::vector<media::Piece>& wanted,
                       const std::vector<media::WrittenPiece>& written, bool copied, bool color);

/// "hist+ssim+flow"
std::string EvidenceText(const contracts::Evidence& evidence);

}  // namespace reelbatch::app
