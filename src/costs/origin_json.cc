#include "costs/origin_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <set>
#include <tuple>
#include <utility>
#include <variant>

#include "base/not_json.h"
#include "costs/json_object.h"
#include "costs/keys.h"
#include "costs/repeated_rows.h"

namespace reelbatch::costs {
namespace {

/// Members by nesting, to find one that is there twice: nlohmann keeps the last and says nothing.
class RepeatFinder {
 public:
  bool operator()(int /*depth*/, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) open_.emplace_back();
    if (event == Json::parse_event_t::object_end) open_.pop_back();
    if (event == Json::parse_event_t::key &&
        !open_.back().insert(parsed.get<std::string>()).second && !repeated_) {
      repeated_ = parsed.get<std::string>();
    }
    return true;
  }
  const std::optional<std::string>& repeated() const { return repeated_; }

 private:
  std::vector<std::set<std::string>> open_;
  std::optional<std::string> repeated_;
};

/// A step that KeepDifference() writes. "copy" could double a document again and again.
bool WritesDifference(const Json& step) {
  static const std::set<std::string> kSteps = {"add", "remove", "replace"};
  const auto op = step.is_object() ? step.find("op") : step.end();
  return op != step.end() && op->is_string() && kSteps.contains(op->get<std::string>());
}

}  // namespace

base::Result<Json> ParseOrigin(std::string_view text, std::string_view name) {
  RepeatFinder finder;
  const Json document = Json::parse(text, std::ref(finder), false);
  if (document.is_discarded()) {
    return base::Fail(base::Code::kCorrupt, base::WhyNotJson(text).value_or("is not valid JSON"),
                      std::string(name));
  }
  if (JsonDepth(text) > kMostDepth) {
    return base::Fail(base::Code::kCorrupt,
                      fmt::format("is nested deeper than {} levels", kMostDepth),
                      std::string(name));
  }
  if (finder.repeated()) {
    return base::Fail(
        base::Code::kCorrupt,
        fmt::format("'{}' is given twice in one object; remove one of them", *finder.repeated()),
        std::string(name));
  }
  if (!document.is_object())
    return base::Fail(base::Code::kCorrupt, "must be an object", std::string(name));
  return document;
}

std::optional<double> FigureOrNone(Fields& fields, std::string_view key, double most) {
  if (fields.At(key) == "N/A") return std::nullopt;
  return fields.NumberOrNull(key, 0, most);
}

void SplitName(const std::string& name, contracts::CostSubject& subject) {
  const size_t point = name.find('.');
  if (point != std::string::npos) {
    subject.component = name.substr(0, point);
  } else {
    subject.component = name.empty() ? "" : kOriginComponent;
  }
  subject.component_part = point == std::string::npos ? name : name.substr(point + 1);
}

contracts::Aspect AspectFrom(Fields& fields, std::string_view key) {
  const std::string aspect = fields.Text(key);
  if (aspect != "16:9" && aspect != "9:16") fields.Reject(key, R"("16:9" or "9:16")");
  return aspect == "9:16" ? contracts::Aspect::k9x16 : contracts::Aspect::k16x9;
}

bool LeadsOut(std::string_view path) {
  if (path.starts_with('/')) return true;
  const std::string framed = fmt::format("/{}/", path);
  return framed.find("/../") != std::string::npos;
}

std::shared_ptr<const contracts::CostSubject> OriginBlocks::Subject(
    contracts::CostSubject subject) {
  const std::string key = Json({subject.component, subject.component_part, subject.unit,
                                subject.preset, KnobsToJson(subject.knobs)})
                              .dump();
  auto& shared = subjects_[key];
  if (!shared) shared = std::make_shared<const contracts::CostSubject>(std::move(subject));
  return shared;
}

std::shared_ptr<const contracts::Provenance> OriginBlocks::Source(contracts::Provenance source) {
  auto& shared = sources_[Json({source.path, source.commit, source.dirty, source.date})
                              .dump(-1, ' ', false, Json::error_handler_t::replace)];
  if (!shared) shared = std::make_shared<const contracts::Provenance>(std::move(source));
  return shared;
}

base::Status DropRepeatsOf(LoadedTable& loaded, std::string_view name, std::string_view list) {
  JsonLog log(name);
  DropRepeats(loaded.table.rows, list, log);
  if (log.failed()) return std::unexpected(log.error());
  std::ranges::move(log.TakeWarnings(), std::back_inserter(loaded.warnings));
  return {};
}

bool OriginKnows(const contracts::CostRow& row) { return row.concurrency == 1; }

std::unexpected<base::Error> OneCellTwice(const contracts::CostRow& row) {
  return base::Fail(
      base::Code::kInvalidArgument,
      fmt::format("several rows have the cost of {} {} at {}, but this format has room for one: "
                  "choose it with --input, --preset, --bucket or --device",
                  PartText(*row.subject), row.subject->preset, BucketText(row.bucket)));
}

base::Status CheckCells(const std::vector<const contracts::CostRow*>& rows) {
  std::map<std::string, const contracts::CostRow*> cells;
  for (const contracts::CostRow* row : rows) {
    const contracts::InputBucket& bucket = row->bucket;
    const std::string cell =
        Json({PartText(*row->subject), row->subject->preset, KnobsToJson(row->subject->knobs),
              bucket.short_side, bucket.width, bucket.height, AspectName(bucket.aspect)})
            .dump(-1, ' ', false, Json::error_handler_t::replace);
    const contracts::CostRow& first = *cells.emplace(cell, row).first->second;
    const auto conditions = [](const contracts::CostRow& one) {
      return std::tie(one.input_kind, one.device->id, one.threads, one.isa, one.provenance->commit,
                      one.provenance->date);
    };
    if (conditions(first) != conditions(*row)) return OneCellTwice(*row);
  }
  return {};
}

contracts::Knobs KnobsFromJson(const Json& object) {
  contracts::Knobs knobs;
  for (const auto& [name, value] : object.items()) {
    if (value.is_boolean()) {
      knobs[name] = value.get<bool>();
    } else if (value.is_number_integer() &&
               (!value.is_number_unsigned() || value.get<uint64_t>() <= INT64_MAX)) {
      knobs[name] = value.get<int64_t>();
    } else if (value.is_number()) {
      knobs[name] = value.get<double>();
    } else if (value.is_string()) {
      knobs[name] = value.get<std::string>();
    }  // the rest is kept as a difference
  }
  return knobs;
}

Json KnobsToJson(const contracts::Knobs& knobs) {
  Json object = Json::object();
  for (const auto& [name, value] : knobs)
    std::visit([&](const auto& held) { object[name] = held; }, value);
  return object;
}

void KeepDifference(const Json& made, const Json& read, std::string_view key, std::string& extra) {
  const Json patch = Json::diff(made, read);
  if (patch.empty()) return;
  // As the reader of our tables keeps what it does not know.
  extra = fmt::format("{{{}: {}}}", Json(key).dump(),
                      patch.dump(-1, ' ', false, Json::error_handler_t::replace));
}

Json WithDifference(Json made, std::string_view key, const std::string& extra) {
  const Json object = extra.empty() ? Json::object() : Json::parse(extra, nullptr, false);
  const auto steps = object.is_object() ? object.find(std::string(key)) : object.end();
  if (steps == object.end() || !std::ranges::all_of(*steps, WritesDifference)) return made;
  try {
    Json patched = made.patch(*steps);
    return patched.is_object() ? patched : made;
  } catch (const Json::exception&) {
    return made;
  }
}

}  // namespace reelbatch::costs
