#include "costs/table_blocks.h"

#include <array>
#include <cmath>

namespace reelbatch::costs {
namespace {

constexpr double kMostMb = 16.0 * 1048576;  // 16 TiB
constexpr int64_t kMostBatch = 1'000'000'000;
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

contracts::Knobs Knobs(JsonMember& member) {
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
      member.Reject(fmt::format("'{}' is there twice; keep one", held));
    }
  }
  return knobs;
}

}  // namespace

void TableBlocks::MemoryUnit(JsonMember& member) {
  const std::string_view unit = member.Text();
  if (unit == "MB") {
    to_mib_ = kMibPerMb;
    log_.Warn({}, "memory_unit is MB (10^6 bytes); every figure is turned into MiB");
  } else if (unit != "MiB") {
    member.Reject(fmt::format(
        "must be \"MiB\" (as nvidia-smi has it) or \"MB\" (10^6 bytes), is '{}'", unit));
  }
}

template <class T, class Read>
void TableBlocks::Blocks(JsonMember& section, Shared<T>& blocks, Read read) {
  simdjson::ondemand::object object;
  if (section.value.get_object().get(object) != simdjson::SUCCESS)
    return section.Reject("must be an object");
  for (auto field : object) {
    std::string_view id;
    simdjson::ondemand::value value;
    if (field.unescaped_key().get(id) != simdjson::SUCCESS ||
        field.value().get(value) != simdjson::SUCCESS) {
      return section.RejectBroken();
    }
    const std::string name(id);
    const JsonPlace where{.list = section.key, .name = name};
    if (blocks.Has(name)) return log_.Reject(where, "", "is there twice; keep one");
    T block = read(value, where);
    if (log_.failed()) return;
    if constexpr (requires { block.id; }) block.id = name;
    blocks.Add(name, std::move(block));
  }
}

contracts::DeviceProfile TableBlocks::Device(simdjson::ondemand::value value,
                                             const JsonPlace& where) {
  static constexpr std::array<std::string_view, 12> kKeys = {
      "cpu_model", "cores",    "cores_allowed", "isa",    "ram_mb", "memory_limit_mb",
      "governor",  "gpu_name", "vram_mb",       "driver", "cuda",   "os"};
  contracts::DeviceProfile device;
  const std::array<std::string*, 12> texts = {
      &device.cpu_model, nullptr,          nullptr, &device.isa,    nullptr,      nullptr,
      &device.governor,  &device.gpu_name, nullptr, &device.driver, &device.cuda, &device.os};
  device.extra = ReadMembers(value, kKeys, log_, where, [&](size_t key, JsonMember& member) {
    if (texts[key] != nullptr) {
      *texts[key] = member.Text();
    } else if (key == 1) {
      device.cores = static_cast<int>(member.Whole(0, kMostSide));
    } else if (key == 2) {
      device.cores_allowed = member.Number(0, static_cast<double>(kMostSide));
    } else {
      auto& figure = key == 4 ? device.ram_mb : key == 5 ? device.memory_limit_mb : device.vram_mb;
      const auto mb = Memory(member);
      if (mb) figure = std::llround(*mb);
    }
  });
  return device;
}

contracts::Provenance TableBlocks::Source(simdjson::ondemand::value value, const JsonPlace& where) {
  static constexpr std::array<std::string_view, 4> kKeys = {"path", "commit", "dirty", "date"};
  contracts::Provenance source;
  source.extra = ReadMembers(value, kKeys, log_, where, [&](size_t key, JsonMember& member) {
    if (key == 2) {
      source.dirty = member.Flag();
    } else {
      (key == 0 ? source.path : key == 1 ? source.commit : source.date) = member.Text();
    }
  });
  return source;
}

contracts::CostQuality TableBlocks::Quality(simdjson::ondemand::value value,
                                            const JsonPlace& where) {
  static constexpr std::array<std::string_view, 3> kKeys = {"f1_truth", "f1_default", "report"};
  contracts::CostQuality quality;
  quality.extra = ReadMembers(value, kKeys, log_, where, [&](size_t key, JsonMember& member) {
    if (key == 2) {
      quality.report = member.Text();
    } else {
      (key == 0 ? quality.f1_truth : quality.f1_default) = member.NumberOrNone(0, 1);
    }
  });
  return quality;
}

contracts::CostSubject TableBlocks::Subject(simdjson::ondemand::value value,
                                            const JsonPlace& where) {
  static constexpr std::array<std::string_view, 15> kKeys = {"component",
                                                             "component_part",
                                                             "owner",
                                                             "unit",
                                                             "unit_cost_model",
                                                             "runtime",
                                                             "model_signature",
                                                             "preset",
                                                             "knobs",
                                                             "max_batch_size_component",
                                                             "cross_video_batching",
                                                             "cross_video_constraints",
                                                             "needs",
                                                             "uses",
                                                             "notes"};
  contracts::CostSubject subject;
  const std::array<std::string*, 15> texts = {&subject.component,
                                              &subject.component_part,
                                              &subject.owner,
                                              &subject.unit,
                                              &subject.unit_cost_model,
                                              &subject.runtime,
                                              &subject.model_signature,
                                              &subject.preset,
                                              nullptr,
                                              nullptr,
                                              nullptr,
                                              &subject.cross_video_constraints,
                                              nullptr,
                                              nullptr,
                                              &subject.notes};
  subject.extra = ReadMembers(value, kKeys, log_, where, [&](size_t key, JsonMember& member) {
    if (texts[key] != nullptr) {
      *texts[key] = member.Text();
    } else if (key == 8) {
      subject.knobs = Knobs(member);
    } else if (key == 9) {
      subject.max_batch_size_component = static_cast<int>(member.Whole(1, kMostBatch));
    } else if (key == 10) {
      subject.cross_video_batching = member.Flag();
    } else {
      auto& names = key == 12 ? subject.needs : subject.uses;
      ReadElements(member, [&](size_t, auto name) {
        names.emplace_back(JsonMember{name, log_, where, member.key}.Text());
      });
    }
  });
  for (const auto& [field, text] :
       {std::pair{"component", &subject.component}, {"unit", &subject.unit}}) {
    if (text->empty()) log_.Reject(where, field, "is missing");
  }
  return subject;
}

std::optional<double> TableBlocks::Memory(JsonMember& member) const {
  auto mb = member.NumberOrNone(0, kMostMb);
  if (mb) *mb *= to_mib_;
  return mb;
}

void TableBlocks::Devices(JsonMember& section) {
  Blocks(section, devices,
         [&](auto value, const JsonPlace& where) { return Device(value, where); });
}

void TableBlocks::Sources(JsonMember& section) {
  Blocks(section, sources,
         [&](auto value, const JsonPlace& where) { return Source(value, where); });
}

void TableBlocks::Subjects(JsonMember& section) {
  Blocks(section, subjects,
         [&](auto value, const JsonPlace& where) { return Subject(value, where); });
}

void TableBlocks::Qualities(JsonMember& section) {
  Blocks(section, qualities,
         [&](auto value, const JsonPlace& where) { return Quality(value, where); });
}

}  // namespace reelbatch::costs
