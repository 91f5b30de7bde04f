#include "costs/table_blocks.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "costs/table_fields.h"

namespace reelbatch::costs {
namespace {

constexpr double kMostMb = 16.0 * 1048576;  // 16 TiB
constexpr double kMibPerMb = 1e6 / 1048576;

std::optional<contracts::KnobValue> Knob(simdjson::ondemand::value value) {
  bool flag = false;
  int64_t whole = 0;
  double real = 0;
  std::string_view text;
  if (value.get_bool().get(flag) == simdjson::SUCCESS) return flag;
  if (value.get_int64().get(whole) == simdjson::SUCCESS) return whole;
  if (value.get_double().get(real) == simdjson::SUCCESS) return real;
  if (value.get_string().get(text) == simdjson::SUCCESS) return std::string(text);
  return std::nullopt;
}

std::string SubjectName(const contracts::CostSubject& subject) {
  std::string name = subject.component;
  if (!subject.component_part.empty()) name += "/" + subject.component_part;
  if (!subject.preset.empty()) name += "/" + subject.preset;
  return name;
}

std::string SourceName(const contracts::Provenance& source) {
  if (source.path.empty() && source.commit.empty()) return "unknown";
  return source.commit.empty() ? source.path : source.path + "@" + source.commit.substr(0, 10);
}

}  // namespace

contracts::Knobs ReadKnobs(JsonMember& member) {
  contracts::Knobs knobs;
  simdjson::ondemand::object object;
  if (member.value.get_object().get(object) != simdjson::SUCCESS) {
    member.Reject("must be an object");
    return knobs;
  }
  for (auto field : object) {
    std::string_view name;
    simdjson::ondemand::value value;
    if (field.unescaped_key().get(name) != simdjson::SUCCESS ||
        field.value().get(value) != simdjson::SUCCESS) {
      member.RejectBroken();
      return knobs;
    }
    const std::string held(name);
    auto knob = Knob(value);
    if (!knob) {
      member.Reject(fmt::format("'{}' must be a number, a text, true or false", held));
    } else if (!knobs.emplace(held, *knob).second) {
      member.Reject(fmt::format("'{}' is given twice; remove one of them", held));
    }
  }
  return knobs;
}

void TableBlocks::MemoryUnit(JsonMember& member) {
  const std::string_view unit = member.Text();
  if (unit == "MB") {
    to_mib_ = kMibPerMb;
    member.log.Warn({}, "memory_unit is MB (10^6 bytes); all figures are converted to MiB");
  } else if (unit != "MiB") {
    member.Reject(fmt::format(
        "must be \"MiB\" (2^20 bytes, as nvidia-smi reports) or \"MB\" (10^6 bytes), but is '{}'",
        unit));
  }
}

std::optional<double> TableBlocks::Memory(JsonMember& member) const {
  auto mb = member.NumberOrNone(0, kMostMb);
  if (mb) *mb *= to_mib_;
  return mb;
}

const std::string& NamedBlocks::Name(const std::string& wish, const std::string& json) {
  std::string content = name_counts_ ? fmt::format("{}\n{}", wish, json) : json;
  const auto known = names_.find(content);
  if (known != names_.end()) return known->second;
  std::string name = wish;
  int& number = numbers_[wish];
  for (number = std::max(number, 1); taken_.contains(name);
       name = fmt::format("{} #{}", wish, ++number)) {
  }
  taken_.insert(name);
  lines_.push_back(fmt::format("    {}: {}", base::OneLine(name), json));
  return names_.emplace(std::move(content), name).first->second;
}

std::string NamedBlocks::Section(std::string_view key) const {
  return fmt::format("  \"{}\": {{{}{}}},\n", key, lines_.empty() ? "" : "\n",
                     lines_.empty() ? "" : fmt::format("{}\n  ", fmt::join(lines_, ",\n")));
}

template <class T>
const std::string& TableNames::NameIn(NamedBlocks& blocks, const T& block,
                                      const std::string& wish) {
  const std::string*& name = by_block_[&block];
  if (name == nullptr) name = &blocks.Name(wish, WriteObject(block, *this));
  return *name;
}

const std::string& TableNames::NameOf(const contracts::DeviceProfile& device) {
  return NameIn(devices_, device, device.id);
}

const std::string& TableNames::NameOf(const contracts::Provenance& source) {
  return NameIn(sources_, source, SourceName(source));
}

const std::string& TableNames::NameOf(const contracts::CostSubject& subject) {
  return NameIn(subjects_, subject, SubjectName(subject));
}

const std::string& TableNames::NameOf(const contracts::CostQuality& quality) {
  return NameIn(qualities_, quality, quality.report.empty() ? "quality" : quality.report);
}

std::string TableNames::Sections() const {
  return devices_.Section("devices") + sources_.Section("sources") + subjects_.Section("subjects") +
         qualities_.Section("qualities");
}

}  // namespace reelbatch::costs
