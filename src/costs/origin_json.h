#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fields.h"
#include "base/result.h"
#include "contracts/cost_row.h"
#include "costs/origin_names.h"
#include "costs/table_json.h"

namespace reelbatch::costs {

/// The documents of the system that the first checklist was written for: what reading and writing
/// them share.
using Json = base::SortedJson;
using Fields = base::SortedJsonFields;

/// Errors: corrupt: not JSON (names the line), no object, a member twice (names it), nested deeper
/// than kMostDepth.
base::Result<Json> ParseOrigin(std::string_view text, std::string_view name);

/// Bounds of what a table may say, as of ParseTable().
inline constexpr double kMostOriginMs = 3.6e6;
inline constexpr double kMostOriginMb = 16.0 * 1048576;

/// From 0; none for null, "N/A" and a key that is not there.
std::optional<double> FigureOrNone(Fields& fields, std::string_view key, double most);

/// "cut_detection.detect_soft_cuts(cpu)" taken apart and put together; a name without a point is a
/// part of cut_detection. A name that begins with no component leaves the component empty:
/// kNoComponent says so.
void SplitName(const std::string& name, contracts::CostSubject& subject);

/// "16:9" or "9:16"; anything else is rejected.
contracts::Aspect AspectFrom(Fields& fields, std::string_view key);

/// An absolute path, or one with "..". It is kept as text, and nothing ever opens it.
bool LeadsOut(std::string_view path);

/// What rows of one document share, once each: DropRepeats() knows the same cell by it.
class OriginBlocks {
 public:
  std::shared_ptr<const contracts::CostSubject> Subject(contracts::CostSubject subject);
  std::shared_ptr<const contracts::Provenance> Source(contracts::Provenance source);

 private:
  std::map<std::string, std::shared_ptr<const contracts::CostSubject>> subjects_;
  std::map<std::string, std::shared_ptr<const contracts::Provenance>> sources_;
};

/// DropRepeats() for rows that the document `name` calls `list`. Errors: corrupt (contradicting
/// rows).
base::Status DropRepeatsOf(LoadedTable& loaded, std::string_view name, std::string_view list);

/// Whether the origin's documents have a word for a row: they know no copies side by side.
bool OriginKnows(const contracts::CostRow& row);

/// Errors: invalid_argument: two rows are one cell of the origin's tables, which do not say what
/// differs (input, device, threads, ISA, commit, date): names it, and the options that choose.
base::Status CheckCells(const std::vector<const contracts::CostRow*>& rows);
std::unexpected<base::Error> OneCellTwice(const contracts::CostRow& row);

contracts::Knobs KnobsFromJson(const Json& object);
Json KnobsToJson(const contracts::Knobs& knobs);

/// What rows cannot hold, as the steps from the document that they make to the one that was read.
/// `extra` becomes an object with it under `key`; nothing where there is no difference.
void KeepDifference(const Json& made, const Json& read, std::string_view key, std::string& extra);
/// `made` with those steps taken. Steps that do not fit (somebody changed the row), or that
/// KeepDifference() does not write, leave it as it is; it stays an object.
Json WithDifference(Json made, std::string_view key, const std::string& extra);

}  // namespace reelbatch::costs
