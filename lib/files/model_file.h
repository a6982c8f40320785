/* Models as safetensors files, with torch's names.
 *
 *     rs_model model;
 *     rs_model_file file;
 *     if (rs_model_read("model.safetensors", NULL, &model, &file, &err) != RS_OK) ...
 *     ...                                   train, look
 *     rs_model_write("trained.safetensors", &model, &file, &err);      the same names again
 *     rs_model_file_free(&file);
 *     rs_model_free(&model);
 *
 * A recurrent module is what bears, after any prefix that ends with a dot ("rnn.", "encoder.rnn."),
 * weight_ih_l0 [G·H][I], weight_hh_l0 [G·H][H], bias_ih_l0, bias_hh_l0 [G·H], …_l1, …; of torch's
 * single cells (LSTMCell) the same without _l0. A readout is weight [O][H] and bias [O], alone or
 * in a module called readout, fc, out, head, linear or decoder. Missing biases are zero; without a
 * readout, y = h. Several readouts: the one whose shape fits. All other tensors are listed, and
 * neither read nor written. */
#ifndef RS_MODEL_FILE_H
#define RS_MODEL_FILE_H

#include "files/safetensors.h"
#include "network/net.h"

/* What a model's file had besides its numbers. */
typedef struct rs_model_file {
    size_t names_n;
    char **names;   /* [net.blocks_n] the name of each block as in the file, with its prefix */
    rs_dtype dtype; /* RS_F64 or RS_F32: of the file read (half precision: F32), and to write in */
    size_t others_n;
    char **others; /* [others_n] names of the tensors left alone */
    size_t metadata_n;
    rs_pair *metadata; /* [metadata_n] kept for writing */
} rs_model_file;

/* Reads a model. cell: NULL takes the one that __metadata__.cell names, else the first of rs_cells
 * with as many gates as weight_hh_l0 has rows per unit (4 lstm, 3 gru, 1 rnn); a cell of the
 * caller's own may be given. On success the caller frees both; on failure there is nothing to free.
 * RS_OPEN; RS_DATA, by the tensor's name, for what rs_safetensors_open refuses, a wrong shape or
 * dtype, a missing weight, NaN or Inf, two recurrent modules or readouts that both fit, a
 * bidirectional or projecting module, an unknown cell. RS_INTERNAL: out of memory. */
rs_status rs_model_read(const char *path, const rs_cell *cell, rs_model *model, rs_model_file *file,
                        rs_error *err);

/* The same from a file already open, which stays open: for files that hold more than a model. */
rs_status rs_model_read_from(rs_safetensors *tensors, const rs_cell *cell, rs_model *model,
                             rs_model_file *file, rs_error *err);

/* Writes a model under the names, dtype and metadata of `file`, or where that is NULL under our own
 * names (rs_model_name) as F64; __metadata__.cell names the cell. RS_WRITE; RS_DATA if a parameter
 * is NaN or Inf, or would be so as F32: what is written can be read again. */
rs_status rs_model_write(const char *path, const rs_model *model, const rs_model_file *file,
                         rs_error *err);

/* The same with tensors and lines of metadata besides (a checkpoint's, see train/train.h), which
 * readers of models leave alone. A line of `more_pairs` replaces one of `file` with its key. */
rs_status rs_model_write_with(const char *path, const rs_model *model, const rs_model_file *file,
                              const rs_named_array *more, size_t more_n, const rs_pair *more_pairs,
                              size_t more_pairs_n, rs_error *err);

/* The name of a block: that of `file`, or, where file is NULL or has none, our own:
 * "rnn.weight_ih_l0", "readout.weight", written into text. Returns the one or the other. */
enum { RS_BLOCK_NAME = 64 };
const char *rs_model_name(const rs_net *net, size_t block, const rs_model_file *file,
                          char text[RS_BLOCK_NAME]);

/* Frees what rs_model_read made; safe on a zeroed struct. */
void rs_model_file_free(rs_model_file *file);

#endif
